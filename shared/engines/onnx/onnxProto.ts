import { PbfWriter } from 'pbf';
import type { Shape } from '../../plan/dimension.ts';

/** The operator sets that graphs are written in: ONNX 1.15, the first with Gelu, and ONNX Runtime's own. */
const OPERATOR_SETS = [
  { domain: '', version: 20 },
  { domain: 'com.microsoft', version: 1 },
] as const;
/** The file format's version that belongs to it. */
const IR_VERSION = 9;

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] };

export interface OnnxNode {
  readonly operator: string;
  /** Left out for ONNX's own operators. */
  readonly domain?: (typeof OPERATOR_SETS)[number]['domain'];
  /** Empty where an optional input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** An input or output of a graph; symbolic dimensions become `dim_param`s. */
export interface OnnxTensorInfo {
  readonly name: string;
  readonly type: 'float32' | 'int64';
  readonly shape: Shape;
}

/** A tensor of a graph. */
export interface OnnxInitializer {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface OnnxGraph {
  readonly inputs: readonly OnnxTensorInfo[];
  readonly outputs: readonly OnnxTensorInfo[];
  /** Inside the file. */
  readonly initializers: readonly OnnxInitializer[];
  /** Handed to the runtime beside the file, each under its name. */
  readonly external: readonly OnnxInitializer[];
  /** In an order in which every input exists before it is read. */
  readonly nodes: readonly OnnxNode[];
}

/** TensorProto.DataType */
const DATA_TYPES = { float32: 1, int64: 7 } as const;
/** TensorProto.DataLocation.EXTERNAL */
const EXTERNAL_LOCATION = 1;
/** AttributeProto.AttributeType */
const ATTRIBUTE_TYPES = { float: 1, int: 2, ints: 7 } as const;

/** The bytes of an ONNX file (ModelProto). Field numbers: onnx/onnx.proto of the ONNX project. */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  const model = new PbfWriter();
  model.writeVarintField(1, IR_VERSION);
  model.writeStringField(2, 'darse');
  model.writeMessage(7, writeGraph, graph);
  for (const set of OPERATOR_SETS) model.writeMessage(8, writeOperatorSet, set);
  return model.finish();
}

function writeOperatorSet({ domain, version }: (typeof OPERATOR_SETS)[number], pbf: PbfWriter): void {
  pbf.writeStringField(1, domain);
  pbf.writeVarintField(2, version);
}

function writeGraph(graph: OnnxGraph, pbf: PbfWriter): void {
  for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, 'plan');
  for (const initializer of graph.initializers) pbf.writeMessage(5, writeInitializer, initializer);
  for (const tensor of graph.external) pbf.writeMessage(5, writeExternal, tensor);
  for (const input of graph.inputs) pbf.writeMessage(11, writeTensorInfo, input);
  for (const output of graph.outputs) pbf.writeMessage(12, writeTensorInfo, output);
}

function writeNode(node: OnnxNode, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(4, node.operator);
  for (const attribute of Object.entries(node.attributes)) pbf.writeMessage(5, writeAttribute, attribute);
  if (node.domain) pbf.writeStringField(7, node.domain);
}

function writeAttribute([name, value]: [string, OnnxAttribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if ('float' in value) {
    pbf.writeFloatField(2, value.float);
    pbf.writeVarintField(20, ATTRIBUTE_TYPES.float);
  } else if ('int' in value) {
    pbf.writeVarintField(3, value.int);
    pbf.writeVarintField(20, ATTRIBUTE_TYPES.int);
  } else {
    for (const element of value.ints) pbf.writeVarintField(8, element);
    pbf.writeVarintField(20, ATTRIBUTE_TYPES.ints);
  }
}

function writeInitializer(tensor: OnnxInitializer, pbf: PbfWriter): void {
  writeTensorHead(tensor, pbf);
  pbf.writeBytesField(9, bytesOf(tensor));
}

function writeExternal(tensor: OnnxInitializer, pbf: PbfWriter): void {
  writeTensorHead(tensor, pbf);
  pbf.writeMessage(13, writeEntry, ['location', tensor.name]);
  pbf.writeVarintField(14, EXTERNAL_LOCATION);
}

function writeTensorHead({ name, dims, data }: OnnxInitializer, pbf: PbfWriter): void {
  for (const dim of dims) pbf.writeVarintField(1, dim);
  pbf.writeVarintField(2, data instanceof Float32Array ? DATA_TYPES.float32 : DATA_TYPES.int64);
  pbf.writeStringField(8, name);
}

function writeEntry([key, value]: readonly [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeStringField(2, value);
}

/** The memory of a tensor's numbers, not a copy. */
export function bytesOf({ data }: OnnxInitializer): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function writeTensorInfo({ name, type, shape }: OnnxTensorInfo, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeMessage(2, writeType, { type, shape });
}

function writeType(info: Pick<OnnxTensorInfo, 'type' | 'shape'>, pbf: PbfWriter): void {
  pbf.writeMessage(1, writeTensorType, info);
}

function writeTensorType({ type, shape }: Pick<OnnxTensorInfo, 'type' | 'shape'>, pbf: PbfWriter): void {
  pbf.writeVarintField(1, DATA_TYPES[type]);
  pbf.writeMessage(2, writeShape, shape);
}

function writeShape(shape: Shape, pbf: PbfWriter): void {
  for (const dimension of shape) pbf.writeMessage(1, writeDimension, dimension);
}

function writeDimension(dimension: number | string, pbf: PbfWriter): void {
  if (typeof dimension === 'number') pbf.writeVarintField(1, dimension);
  else pbf.writeStringField(2, dimension);
}
