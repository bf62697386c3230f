/** The messages of ONNX's file format (onnx.proto3, IR version 8) that the writer uses, in protobuf's language. */
import protobuf from 'protobufjs'

const SCHEMA = `
syntax = "proto3";
package onnx;

message AttributeProto {
  string name = 1;
  optional float f = 2;
  optional int64 i = 3;
  optional bytes s = 4;
  repeated int64 ints = 8;
  int32 type = 20;
}
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  string name = 3;
  string op_type = 4;
  repeated AttributeProto attribute = 5;
}
message TensorProto {
  repeated int64 dims = 1;
  int32 data_type = 2;
  string name = 8;
  bytes raw_data = 9;
}
message Dimension {
  optional int64 dim_value = 1;
  optional string dim_param = 2;
}
message TensorShapeProto {
  repeated Dimension dim = 1;
}
message TensorType {
  int32 elem_type = 1;
  TensorShapeProto shape = 2;
}
message TypeProto {
  TensorType tensor_type = 1;
}
message ValueInfoProto {
  string name = 1;
  TypeProto type = 2;
}
message GraphProto {
  repeated NodeProto node = 1;
  string name = 2;
  repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
}
message OperatorSetIdProto {
  string domain = 1;
  int64 version = 2;
}
message ModelProto {
  int64 ir_version = 1;
  string producer_name = 2;
  GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
}
`

/** The message of a whole file. Fields keep their names in ONNX's schema. */
export const ModelProto: protobuf.Type = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('onnx.ModelProto')
