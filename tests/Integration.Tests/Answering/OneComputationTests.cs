using System.Diagnostics;
using System.Diagnostics.Metrics;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Integration.Tests.Caching;
using Coinsphere.Messaging.Integration.Tests.Lifecycle;
using Coinsphere.Messaging.Worker.Serving;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Coinsphere.Messaging.Integration.Tests.Answering;

/// <summary>However many ask however many workers: one forward pass. Passes are counted for the whole process, so nothing else may run beside.</summary>
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
    public async Task FiveHundredRequestsOverFourWorkers_AreOneForwardPassAndFiveHundredEqualAnswers()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => _workers[i % 4].PredictAsync("BTC")));
        Assert.Equal(500, answers.Length);
        var id = Assert.Single(answers.Select(answer => answer.PredictionId).Distinct());
        Assert.Single(answers.Select(answer => answer.Prediction.Probabilities).Distinct());
        Assert.Equal(1, _passes);

        await Until.True(() => _workers.Sum(worker => worker.Completed.Count) > 0);
        Assert.All(_workers, worker => Assert.InRange(worker.Completed.Count, 0, 1));
        Assert.All(_workers.SelectMany(worker => worker.Completed), answer => Assert.Equal(id, answer.PredictionId));
    }

    [Fact]
    public async Task ThreeTimeframes_ShareOneForwardPass()
    {
        await Task.WhenAll(_workers[0].PredictAsync("ETH", "7d"), _workers[0].PredictAsync("ETH", "14d"), _workers[1].PredictAsync("ETH", "30d"));
        Assert.Equal(1, _passes);
    }

    [Fact]
    public async Task ComputingWorkerThatDied_IsTakenOverFromOnce()
    {
        await LeaveClaimOfADeadWorkerAsync("SOL");
        var waited = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => _workers[1 + (i % 3)].PredictAsync("SOL")));
        Assert.Single(answers.Select(answer => answer.PredictionId).Distinct());
        Assert.Equal(1, _passes);
        Assert.True(waited.Elapsed < 2 * SharedForwardPasses.ClaimLifetime, $"took {waited.Elapsed}");
    }

    [Fact]
    public async Task ComputingWorkerThatDied_CostsNobodyItsDeadline()
    {
        await LeaveClaimOfADeadWorkerAsync("SOL");
        var within = SharedForwardPasses.ClaimLifetime * 0.9;
        var waited = Stopwatch.StartNew();
        await _workers[1].PredictAsync("SOL", within: within);
        Assert.True(waited.Elapsed < within, $"took {waited.Elapsed} of {within}");
    }

    [Fact]
    public async Task GarbageInPlaceOfProbabilities_IsComputedAnew()
    {
        var key = await ForwardKeyAsync("BTC");
        await _workers[0].Services.GetRequiredService<RedisConnection>()
            .AskAsync(redis => redis.StringSetAsync(key, "garbage"), TestContext.Current.CancellationToken);
        await _workers[1].PredictAsync("BTC", "14d");
        Assert.Equal(2, _passes);
        await _workers[2].PredictAsync("BTC", "30d");
        Assert.Equal(2, _passes);
    }

    [Fact]
    public async Task PausedRedis_CostsNoAnswer()
    {
        _redis.Pause();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => _workers[i % 4].PredictAsync("BTC")));
        Assert.Single(answers.Select(answer => answer.PredictionId).Distinct());
        _redis.Resume();
    }

    // The first worker computes, and then its result is made a claim again, as it was while it computed.
    private async Task LeaveClaimOfADeadWorkerAsync(string symbol)
    {
        var key = await ForwardKeyAsync(symbol);
        var connection = _workers[0].Services.GetRequiredService<RedisConnection>();
        var cache = _workers[0].Services.GetRequiredService<IResultCache>();
        Assert.True(await cache.InvalidateAsync(symbol, TestContext.Current.CancellationToken));
        await connection.AskAsync(
            redis => redis.StringSetAsync(key, SharedForwardPasses.Claim, SharedForwardPasses.ClaimLifetime),
            TestContext.Current.CancellationToken);
        Assert.Equal(1, Interlocked.Exchange(ref _passes, 0));
    }

    private async Task<RedisKey> ForwardKeyAsync(string symbol)
    {
        await _workers[0].PredictAsync(symbol);
        using var admin = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_redis.Port}");
        await Task.Yield();
        RedisKey key = default;
        await Until.True(() => (key = admin.GetServer("127.0.0.1", _redis.Port).Keys(pattern: "forward:*").SingleOrDefault()) != default(RedisKey)
            && admin.GetDatabase().StringGet(key) != SharedForwardPasses.Claim);
        return key;
    }
}
