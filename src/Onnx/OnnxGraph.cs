namespace Coinsphere.Messaging.Onnx;

/// <summary>The parts of a model's graph that decide whether it may run.</summary>
/// <param name="Nodes">In the order of execution.</param>
/// <param name="Weights">Its stored tensors.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="Outputs">Its outputs.</param>
internal sealed record OnnxGraph(
    IReadOnlyList<OnnxNode> Nodes,
    IReadOnlyList<OnnxTensor> Weights,
    IReadOnlyList<OnnxValue> Inputs,
    IReadOnlyList<OnnxValue> Outputs);

/// <summary>One operation.</summary>
internal sealed record OnnxNode(string Operator, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);

/// <summary>A stored tensor.</summary>
internal sealed record OnnxTensor(string Name, OnnxType Type, IReadOnlyList<long> Shape)
{
    public long Count => Shape.Aggregate(1L, (count, size) => count * size);
}

/// <summary>An input or output tensor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its sizes, null for an open one; null where the file has no shape.</param>
internal sealed record OnnxValue(string Name, OnnxType Type, IReadOnlyList<long?>? Shape);

/// <summary>The allowed element types, by ONNX's numbers.</summary>
internal enum OnnxType
{
    None = 0,
    Float = 1,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
    Float16 = 10,
    Double = 11,
}
