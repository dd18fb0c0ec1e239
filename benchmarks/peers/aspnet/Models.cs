using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Coinsphere.Messaging.AspNetPeer;

/// <summary>The networks of a folder, <c>SYMBOL.onnx</c>.</summary>
internal sealed class Models : IDisposable
{
    private readonly Dictionary<string, InferenceSession> _sessions;
    private readonly RunOptions _run = new();

    public Models(string folder)
    {
        // Requests run side by side: for windows this small one thread each gives most.
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        _sessions = Directory.GetFiles(folder, "*.onnx")
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path), path => new InferenceSession(path, options));
    }

    /// <summary>Bearish, neutral, bullish; null where there is no model.</summary>
    public float[]? Forward(string symbol, float[] window)
    {
        if (!_sessions.TryGetValue(symbol, out var session))
        {
            return null;
        }

        using var input = OrtValue.CreateTensorValueFromMemory(window, [1, Features.Steps, Features.Count]);
        using var outputs = session.Run(_run, session.InputNames, [input], session.OutputNames);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose()
    {
        foreach (var session in _sessions.Values)
        {
            session.Dispose();
        }

        _run.Dispose();
    }
}
