using System.Collections.Concurrent;
using Coinsphere.Messaging.Forecasting.Checkpoints;

namespace Coinsphere.Messaging.Onnx;

/// <summary>
/// Makes networks of ONNX files. A file that this process has not loaded before first runs in a separate process, so that a crash in native code ends
/// only that one.
/// </summary>
/// <param name="limits">The limits of a first run.</param>
public sealed class OnnxEngine(OnnxLimits limits)
{
    private const int MaxCached = 10_000;

    // Digests of files whose first run succeeded.
    private readonly ConcurrentDictionary<string, bool> _tried = new(StringComparer.Ordinal);

    /// <summary>Makes a network and checks its output.</summary>
    /// <exception cref="CheckpointException">The model fails, gives no probabilities, or exceeds the limits.</exception>
    public OnnxNetwork Create(OnnxModel model)
    {
        try
        {
            if (!_tried.ContainsKey(model.Digest))
            {
                _ = OnnxLibrary.Version;
                new FirstRun(limits).Run(model);
            }

            var network = new OnnxNetwork(model);
            OnnxChecks.Run(network, model);
            if (_tried.Count >= MaxCached)
            {
                _tried.Clear();
            }

            _tried[model.Digest] = true;
            return network;
        }
        catch (OnnxRuntimeMissingException fault)
        {
            throw new CheckpointException(model.Name, "ONNX Runtime", fault.Message);
        }
    }
}
