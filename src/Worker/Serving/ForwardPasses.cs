using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>
/// Runs models, once in this process for each model and window. A forward pass depends on nothing else, so the timeframes of a symbol share one.
/// </summary>
internal sealed class ForwardPasses(IOptions<CacheOptions> options)
{
    private const int MaxCached = 1_000;

    private readonly BoundedMemo<UInt128, Lazy<float[]>> _passes = new(MaxCached);

    /// <summary>The classes' probabilities at the table's last row, [3]. Shared: not to be written to.</summary>
    /// <exception cref="CheckpointException">A probability is not a finite number.</exception>
    public float[] Run(LoadedModel model, FeatureTable features)
    {
        var window = model.WindowOf(features);
        // Without a result cache, passes are not cached either.
        if (!options.Value.Enabled)
        {
            return Run(model, window);
        }

        var key = WindowKey.Of(model, window);
        try
        {
            return _passes.GetOrAdd(key, new Lazy<float[]>(() => Run(model, window))).Value;
        }
        catch
        {
            // Callers that waited for the pass get the fault too. Later callers run it again.
            _passes.Forget(key);
            throw;
        }
    }

    private static float[] Run(LoadedModel model, float[] window)
    {
        using var stage = Stages.Inference();
        Meters.ForwardPass();
        return model.Run(window);
    }
}
