using System.Diagnostics.Metrics;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Integration.Tests.Lifecycle;

namespace Coinsphere.Messaging.Integration.Tests.Answering;

/// <summary>However many ask a worker: one forward pass. Passes are counted for the whole process, so nothing else may run beside.</summary>
[Collection(RunsAlone.Name)]
public sealed class OneComputationTests : IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private readonly List<WorkerProcess> _workers = [];
    private readonly MeterListener _meters = new();
    private int _passes;

    public async ValueTask InitializeAsync()
    {
        // Before the first worker: what is recorded earlier would not be heard.
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: Meters.Name, Name: "coinsphere.forward_passes" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((_, passes, _, _) => Interlocked.Add(ref _passes, (int)passes));
        _meters.Start();
        await _redis.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            _workers.Add(await WorkerProcess.StartAsync(_redis.Port, ""));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        await _redis.DisposeAsync();
        _meters.Dispose();
    }

    [Fact]
    public async Task FiveHundredRequestsOverFourWorkers_AreOneForwardPassEachAndFiveHundredEqualAnswers()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => _workers[i % 4].PredictAsync("BTC")));
        Assert.Equal(500, answers.Length);
        var id = Assert.Single(answers.Select(answer => answer.PredictionId).Distinct());
        Assert.Single(answers.Select(answer => answer.Prediction.Probabilities).Distinct());
        // A worker that asks the cache after another has stored the answer computes nothing.
        Assert.InRange(_passes, 1, _workers.Count);

        await Until.True(() => _workers.Sum(worker => worker.Completed.Count) > 0);
        Assert.All(_workers, worker => Assert.InRange(worker.Completed.Count, 0, 1));
        Assert.All(_workers.SelectMany(worker => worker.Completed), answer => Assert.Equal(id, answer.PredictionId));
    }

    [Fact]
    public async Task FiveHundredRequestsToOneWorker_AreOneForwardPass()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => _workers[0].PredictAsync("BTC")));
        Assert.Single(answers.Select(answer => answer.PredictionId).Distinct());
        Assert.Equal(1, _passes);
    }

    [Fact]
    public async Task ThreeTimeframes_ShareOneForwardPass()
    {
        await Task.WhenAll(_workers[0].PredictAsync("ETH", "7d"), _workers[0].PredictAsync("ETH", "14d"), _workers[0].PredictAsync("ETH", "30d"));
        Assert.Equal(1, _passes);
    }

    [Fact]
    public async Task PausedRedis_CostsNoAnswer()
    {
        _redis.Pause();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => _workers[i % 4].PredictAsync("BTC")));
        Assert.Single(answers.Select(answer => answer.PredictionId).Distinct());
        _redis.Resume();
    }
}
