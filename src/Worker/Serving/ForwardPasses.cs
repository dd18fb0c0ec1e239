using System.Globalization;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>
/// Runs models, once for each model and window. A pass depends on nothing else, so the timeframes of a symbol share one, in this process and across
/// processes.
/// </summary>
internal sealed class ForwardPasses(SharedForwardPasses shared, IOptions<CacheOptions> options, TimeProvider time)
{
    private const int MaxCached = 1_000;

    private readonly BoundedMemo<string, Pass> _passes = new(MaxCached);

    /// <summary>The classes' probabilities at the table's last row, [3]. Shared: not to be written to.</summary>
    /// <exception cref="CheckpointException">A probability is not a finite number.</exception>
    public async Task<float[]> RunAsync(LoadedModel model, FeatureTable features, SharedDeadline deadline, CancellationToken cancellationToken)
    {
        var window = model.WindowOf(features);
        // Without a result cache, passes are not cached either.
        if (!options.Value.Enabled)
        {
            return Run(model, window);
        }

        var key = WindowKey.Of(model, window).ToString("x32", CultureInfo.InvariantCulture);
        var pass = _passes.GetOrAdd(key, new Pass(endOfWaiting => StartAsync(key, () => Run(model, window), endOfWaiting)));
        if (pass.Result.IsCompletedSuccessfully)
        {
            return await pass.Result;
        }
        // Half of the time left is for waiting, so that enough is left to compute where another process does not come up with it.
        var remaining = deadline.Latest.Remaining(time);
        var waitingTime = remaining == Timeout.InfiniteTimeSpan ? remaining : remaining / 2;
        await ((Task)pass.Result).WaitAsync(waitingTime, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!pass.Result.IsCompleted && !cancellationToken.IsCancellationRequested)
        {
            await pass.EndOfWaiting.CancelAsync();
        }

        return await pass.Result.WaitAsync(cancellationToken);
    }

    private async Task<float[]> StartAsync(string key, Func<float[]> run, CancellationToken endOfWaiting)
    {
        try
        {
            // Not cancelled with its first caller, since others may have come to wait for it. It ends by itself.
            return await shared.RunAsync(key, run, endOfWaiting);
        }
        catch
        {
            // A fault is shared with the callers that wait for it, and not cached.
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

    private sealed class Pass
    {
        private readonly Lazy<Task<float[]>> _result;

        public Pass(Func<CancellationToken, Task<float[]>> start) => _result = new(() => start(EndOfWaiting.Token));

        public Task<float[]> Result => _result.Value;

        // Never linked and without a timer, so nothing is left to dispose of.
        public CancellationTokenSource EndOfWaiting { get; } = new();
    }
}
