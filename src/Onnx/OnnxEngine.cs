using System.Collections.Concurrent;
using Coinsphere.Messaging.Forecasting.Checkpoints;

namespace Coinsphere.Messaging.Onnx;

/// <summary>
/// Makes networks of ONNX files. What a process has not seen before runs first in a process of its own, which a native fault takes down alone.
/// </summary>
/// <param name="limits">What a first run may take.</param>
public sealed class OnnxEngine(OnnxLimits limits)
{
    private const int MaxRemembered = 10_000;

    // Digests of files whose first run went well.
    private readonly ConcurrentDictionary<string, bool> _tried = new(StringComparer.Ordinal);

    /// <summary>Makes a network and checks what it gives.</summary>
    /// <exception cref="CheckpointException">The model fails, gives no probabilities, or takes more than it may.</exception>
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
            if (_tried.Count >= MaxRemembered)
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
