using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Coinsphere.Messaging.Client.Tests.Services;
using Coinsphere.Messaging.Contracts;
using MassTransit;
using MassTransit.Serialization;

namespace Coinsphere.Messaging.Client.Tests.Bus;

/// <summary>What a client on the bus makes of workers that are absent, failing or slow.</summary>
public class BusPredictionClientTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NoWorker_IsALateAnswerInTime()
    {
        await using var bus = await StartAsync(Short);
        var client = bus.GetRequiredService<IPredictionClient>();
        var started = Stopwatch.GetTimestamp();
        Assert.Equal(RefusalReason.DeadlineExceeded, (await client.GetPredictionAsync("BTC", cancellationToken: Stop)).Refusal?.Reason);
        Assert.InRange(Stopwatch.GetElapsedTime(started), Short - TimeSpan.FromMilliseconds(20), Short + TimeSpan.FromSeconds(5));

        Assert.Equal(RefusalReason.DeadlineExceeded, (await client.GetRiskScoreAsync("BTC", cancellationToken: Stop)).Refusal?.Reason);
        Assert.Equal(RefusalReason.DeadlineExceeded, (await client.GetModelInfoAsync("BTC", Stop)).Refusal?.Reason);
        var batch = await client.GetBatchPredictionsAsync(["BTC", "ETH"], cancellationToken: Stop);
        Assert.All(batch.Answer!.Results, item => Assert.Equal(RefusalReason.DeadlineExceeded, item.Refusal?.Reason));
        Assert.False(await client.HealthCheckAsync(Stop));
    }

    [Fact]
    public async Task BusThatIsNotStarted_IsAnAbsentBroker()
    {
        await using var bus = Build(Short);
        var client = bus.GetRequiredService<IPredictionClient>();
        Assert.Equal(RefusalReason.BrokerUnavailable, (await client.GetPredictionAsync("BTC", cancellationToken: Stop)).Refusal?.Reason);
        Assert.Equal(RefusalReason.BrokerUnavailable, (await client.ClearModelCacheAsync("BTC", Stop))?.Reason);
        Assert.False(await client.HealthCheckAsync(Stop));
    }

    [Fact]
    public async Task CancelledWait_ThrowsAtOnce()
    {
        await using var bus = await StartAsync(TimeSpan.FromMinutes(5));
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var call = bus.GetRequiredService<IPredictionClient>().GetBatchPredictionsAsync(["BTC", "ETH"], cancellationToken: caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(TimeSpan.FromSeconds(10), Stop));
    }

    [Fact]
    public async Task BatchItemWithoutAReply_IsAskedForOnceMore()
    {
        var asked = new ConcurrentQueue<string>();
        await using var bus = await StartAsync(TimeSpan.FromSeconds(3), context =>
        {
            var isFirst = !asked.Contains(context.Message.Symbol);
            asked.Enqueue(context.Message.Symbol);
            return context.Message.Symbol == "ETH" && isFirst
                ? Task.CompletedTask
                : context.RespondAsync(new RequestRefused(RefusalReason.ModelNotTrained, context.Message.Symbol));
        });
        var batch = await bus.GetRequiredService<IPredictionClient>().GetBatchPredictionsAsync(["btc", "eth", "BTC"], cancellationToken: Stop);
        Assert.Equal(["BTC", "ETH", "BTC"], batch.Answer!.Results.Select(item => item.Refusal?.Detail));
        Assert.Equal(["BTC", "ETH", "ETH"], asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task FailingWorker_IsAnInternalErrorWithoutInternals()
    {
        await using var bus = await StartAsync(TimeSpan.FromSeconds(20), _ => throw new InvalidOperationException("secret"));
        var refusal = (await bus.GetRequiredService<IPredictionClient>().GetPredictionAsync("BTC", cancellationToken: Stop)).Refusal;
        Assert.Equal(RefusalReason.InternalError, refusal?.Reason);
        Assert.DoesNotContain("secret", refusal!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_CarriesTheQuestionAndItsDeadline()
    {
        var timeout = TimeSpan.FromSeconds(20);
        var heard = new TaskCompletionSource<ConsumeContext<PredictRequested>>();
        await using var bus = await StartAsync(timeout, context =>
        {
            heard.TrySetResult(context);
            return context.RespondAsync(new RequestRefused(RefusalReason.Overloaded, "later"));
        });
        var before = DateTimeOffset.UtcNow;
        var result = await bus.GetRequiredService<IPredictionClient>().GetPredictionAsync("btc", "30d", new DateOnly(2024, 6, 30), cancellationToken: Stop);
        var context = await heard.Task.WaitAsync(Stop);
        Assert.Equal(new RequestRefused(RefusalReason.Overloaded, "later"), result.Refusal);
        Assert.Equal(("btc", "30d", "2024-06-30"), (context.Message.Symbol, context.Message.Timeframe, context.Message.AsOf));
        Assert.InRange(context.Message.Deadline!.Value, before + timeout, DateTimeOffset.UtcNow + timeout);
        Assert.InRange(
            new DateTimeOffset(context.ExpirationTime!.Value),
            context.Message.Deadline.Value,
            context.Message.Deadline.Value + TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task ClearedCache_IsToldToEveryProcess()
    {
        TaskCompletionSource<string>[] processes = [new(), new()];
        await using var bus = Build(TimeSpan.FromSeconds(20), memory =>
        {
            foreach (var (number, process) in processes.Index())
            {
                memory.ReceiveEndpoint($"process-{number}", endpoint => endpoint.Handler<CacheClearRequested>(context =>
                {
                    process.SetResult(context.Message.Symbol);
                    return Task.CompletedTask;
                }));
            }
        });
        await bus.GetRequiredService<IBusControl>().StartAsync(Stop);
        Assert.Null(await bus.GetRequiredService<IPredictionClient>().ClearModelCacheAsync("BTC", Stop));
        foreach (var process in processes)
        {
            Assert.Equal("BTC", await process.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop));
        }
    }

    [Fact]
    public void ReasonOfANewerWorker_IsAnInternalErrorWithItsDetail() => Assert.Equal(
        new RequestRefused(RefusalReason.InternalError, "the market is closed"),
        JsonSerializer.Deserialize<RequestRefused>("""{"reason":"market_closed","detail":"the market is closed"}""", SystemTextJsonMessageSerializer.Options));

    private static async Task<ServiceProvider> StartAsync(TimeSpan timeout, MessageHandler<PredictRequested>? predict = null)
    {
        var services = Build(timeout, memory =>
        {
            if (predict is not null)
            {
                memory.ReceiveEndpoint(Endpoints.Predict, endpoint => endpoint.Handler(predict));
            }
        });
        await services.GetRequiredService<IBusControl>().StartAsync(Stop);
        return services;
    }

    private static ServiceProvider Build(TimeSpan timeout, Action<IInMemoryBusFactoryConfigurator>? configure = null) => new ServiceCollection()
        .Also(services => services.AddMassTransit(bus => bus.UsingInMemory((_, memory) => configure?.Invoke(memory))))
        .AddPredictionBusClient(options => options.Timeout = timeout)
        .BuildServiceProvider();
}
