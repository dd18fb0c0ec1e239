namespace Coinsphere.Messaging.Onnx;

/// <summary>What of a model's graph decides whether it may run.</summary>
/// <param name="Nodes">In the order they run in.</param>
/// <param name="Weights">Its stored tensors.</param>
/// <param name="Inputs">What it is fed.</param>
/// <param name="Outputs">What it gives.</param>
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

/// <summary>A tensor that goes in or out.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its elements' type.</param>
/// <param name="Shape">Its sizes, null for one that is left open; null where nothing is said.</param>
internal sealed record OnnxValue(string Name, OnnxType Type, IReadOnlyList<long?>? Shape);

/// <summary>The element types that models may have, by ONNX's numbers.</summary>
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
