using System.Globalization;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.ML.OnnxRuntime;

namespace Coinsphere.Messaging.ForwardTurns;

/// <summary>A pass over the first windows: their probabilities, [batch, 3], until the next pass.</summary>
internal delegate ReadOnlySpan<float> Pass(int batch);

/// <summary>The same network by each engine.</summary>
internal static class Passes
{
    private const int Steps = 90;
    private const int Features = 20;
    private const int Classes = 3;

    /// <summary>Engine <c>managed</c>, <c>torch</c>, or <c>onnx</c> with a number of threads, as in <c>onnx2</c>.</summary>
    public static Pass Of(string engine, string checkpoint, string network, float[] windows) =>
        engine.StartsWith("onnx", StringComparison.Ordinal)
            ? Onnx(network, windows, int.Parse(engine.AsSpan("onnx".Length), CultureInfo.InvariantCulture))
            : Ours(engine, checkpoint, windows);

    private static Pass Ours(string engine, string checkpoint, float[] windows)
    {
        var model = Engines.Load(engine).Create(CheckpointReader.Read(checkpoint).Weights);
        var probabilities = new float[windows.Length / (Steps * Features) * Classes];
        return batch =>
        {
            var made = probabilities.AsSpan(0, batch * Classes);
            model.ForwardMany(windows.AsSpan(0, batch * Steps * Features), batch, made);
            return made;
        };
    }

    // As fast as it goes: ONNX Runtime's own defaults, values made once, and memory of ours to write to.
    private static Pass Onnx(string network, float[] windows, int threads)
    {
        var session = new InferenceSession(network, new SessionOptions { IntraOpNumThreads = threads });
        var run = new RunOptions();
        string[] inputs = [.. session.InputNames], outputs = [.. session.OutputNames];
        var memory = OrtMemoryInfo.DefaultInstance;
        var probabilities = new float[windows.Length / (Steps * Features) * Classes];
        var values = new Dictionary<int, (OrtValue[] Input, OrtValue[] Output)>();
        return batch =>
        {
            if (!values.TryGetValue(batch, out var bound))
            {
                values[batch] = bound = (
                    [OrtValue.CreateTensorValueFromMemory(memory, windows.AsMemory(0, batch * Steps * Features), [batch, Steps, Features])],
                    [OrtValue.CreateTensorValueFromMemory(memory, probabilities.AsMemory(0, batch * Classes), [batch, Classes])]);
            }

            session.Run(run, inputs, bound.Input, outputs, bound.Output);
            return probabilities.AsSpan(0, batch * Classes);
        };
    }
}
