using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Coinsphere.Messaging.Onnx;

/// <summary>
/// A network of any architecture, run by ONNX Runtime on the caller's thread. It receives the 20 features like every network here, and passes on
/// those that the file names, in the file's order.
/// </summary>
/// <remarks>Never disposed: a request may still use it after a swap. The session frees its memory when it is collected.</remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "See its remarks.")]
public sealed class OnnxNetwork : INetwork
{
    /// <summary>The most windows of one run; more are several runs. The first run uses this many, so they are known to fit into memory.</summary>
    internal const int MaxBatch = 32;

    private const float Tolerance = 1e-3f;

    private readonly OnnxModel _model;
    private readonly InferenceSession _session;
    private readonly RunOptions _run;
    private readonly string[] _input;
    private readonly string[] _output;

    /// <exception cref="CheckpointException">ONNX Runtime refuses the model, or cannot be loaded.</exception>
    internal OnnxNetwork(OnnxModel model)
    {
        // The session has its own copy of the weights.
        _model = model with { Content = ReadOnlyMemory<byte>.Empty };
        try
        {
            Kernel = $"onnxruntime-{OnnxLibrary.Version}";
            using var options = new SessionOptions
            {
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
                ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
                IntraOpNumThreads = 1,
                InterOpNumThreads = 1,
                // Memory of one run is reused by the next.
                EnableCpuMemArena = false,
                EnableMemoryPattern = false,
            };
            var isWhole = MemoryMarshal.TryGetArray(model.Content, out var array) && array.Count == array.Array!.Length;
            _session = new InferenceSession(isWhole ? array.Array : model.Content.ToArray(), options);
        }
        catch (OnnxRuntimeException fault)
        {
            throw Refused("ONNX Runtime", fault);
        }

        _run = new RunOptions();
        (_input, _output) = ([.. _session.InputNames], [.. _session.OutputNames]);
    }

    /// <inheritdoc/>
    public string Kernel { get; }

    /// <inheritdoc/>
    public int Inputs => FeatureNames.Count;

    /// <inheritdoc/>
    /// <exception cref="CheckpointException">The network fails, or gives no probabilities.</exception>
    public void Forward(ReadOnlySpan<float> window, Span<float> probabilities) => ForwardMany(window, 1, probabilities);

    /// <inheritdoc/>
    /// <exception cref="CheckpointException">The network fails, or gives no probabilities.</exception>
    public void ForwardMany(ReadOnlySpan<float> windows, int count, Span<float> probabilities)
    {
        var length = _model.SequenceLength * FeatureNames.Count;
        if (count < 0 || windows.Length != (long)count * length || probabilities.Length != (long)count * Classes.Count)
        {
            throw new ArgumentException(
                $"There are {windows.Length} values and room for {probabilities.Length} probabilities, expected {count} windows of {length} and "
                    + $"{Classes.Count} for each.",
                nameof(windows));
        }

        for (var first = 0; first < count; first += MaxBatch)
        {
            var many = Math.Min(MaxBatch, count - first);
            Run(windows.Slice(first * length, many * length), many, probabilities.Slice(first * Classes.Count, many * Classes.Count));
        }
    }

    private void Run(ReadOnlySpan<float> windows, int count, Span<float> probabilities)
    {
        var fed = ArrayPool<float>.Shared.Rent(windows.Length / FeatureNames.Count * _model.Features.Count);
        try
        {
            var at = 0;
            for (var row = 0; row < windows.Length; row += FeatureNames.Count)
            {
                foreach (var column in _model.Features)
                {
                    fed[at++] = windows[row + column];
                }
            }

            using var input = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, fed.AsMemory(0, at), [count, _model.SequenceLength, _model.Features.Count]);
            using var outputs = _session.Run(_run, _input, [input], _output);
            Take(outputs, count, probabilities);
        }
        catch (OnnxRuntimeException fault)
        {
            throw Refused("forward pass", fault);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(fed);
        }
    }

    private void Take(IReadOnlyList<OrtValue> outputs, int count, Span<float> probabilities)
    {
        var kind = outputs is [{ IsTensor: true } tensor]
            ? tensor.GetTensorTypeAndShape()
            : throw Refuse($"it gives {outputs.Count} values or no tensor, expected one tensor");
        if (kind.ElementDataType != TensorElementType.Float || kind.Shape is not [var rows, Classes.Count] || rows != count)
        {
            throw Refuse($"it gives {kind.ElementDataType} [{string.Join(", ", kind.Shape)}] for {count} windows, expected Float [{count}, {Classes.Count}]");
        }

        outputs[0].GetTensorDataAsSpan<float>().CopyTo(probabilities);
        for (var row = 0; row < probabilities.Length; row += Classes.Count)
        {
            var one = probabilities.Slice(row, Classes.Count);
            if (one.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            {
                throw Refuse($"it gives {Describe(one)}, expected numbers");
            }

            if (_model.GivesLogits)
            {
                TensorPrimitives.Subtract(one, TensorPrimitives.Max<float>(one), one);
                TensorPrimitives.SoftMax<float>(one, one);
            }
            else if (one.ContainsAnyExceptInRange(-Tolerance, 1 + Tolerance) || Math.Abs(TensorPrimitives.Sum<float>(one) - 1) > Tolerance)
            {
                throw Refuse($"it gives {Describe(one)}, expected probabilities that add up to 1, or output 'logits' in metadata_props");
            }
        }
    }

    private static string Describe(ReadOnlySpan<float> values) => FormattableString.Invariant($"[{values[0]}, {values[1]}, {values[2]}]");

    private CheckpointException Refuse(string detail) => new(_model.Name, "forward pass", detail);

    // One line, without the native library's own paths.
    private CheckpointException Refused(string where, OnnxRuntimeException fault)
    {
        const int longest = 300;
        var text = fault.Message.ReplaceLineEndings(" ");
        return new CheckpointException(_model.Name, where, text.Length <= longest ? text : text[..longest] + "...");
    }
}
