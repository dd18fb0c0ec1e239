using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace Coinsphere.Messaging.Faults.Tests;

/// <summary>Workers as processes of their own whose system clock is another, by libfaketime.</summary>
public sealed class ClockTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string FakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

    private RabbitMqServer _broker = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _broker = await RabbitMqServer.StartNewAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [InlineData(6, "behind")]
    [InlineData(-20, "ahead of")]
    public async Task WorkerWithAnotherClock_AnswersItsShare_EndsWhatIsLate_AndIsNoted(int seconds, string gatewayIs)
    {
        Assert.True(File.Exists(FakeTime), $"{FakeTime} is not there: ./test faults installs it");
        await using var right = await ServiceProcess.StartWorkerAsync(_broker.Url(Broker.Worker), ServiceProcess.LogAnswers);
        await using var wrong = await ServiceProcess.StartWorkerAsync(
            _broker.Url(Broker.Worker), ServiceProcess.LogAnswers, ("LD_PRELOAD", FakeTime), ("FAKETIME", string.Create(
                CultureInfo.InvariantCulture,
                $"{seconds:+0;-0}s")), ("DONT_FAKE_MONOTONIC", "1"));
        var (process, http) = await ServiceProcess.StartGatewayAsync(_broker.Url(Broker.Gateway));
        await using var gateway = new RunningGateway(process, http);
        await gateway.ReadyAsync();

        for (var i = 0; i < 30; i++)
        {
            using var response = await http.PostAsJsonAsync(
                "/predict",
                new { symbol = "BTC", asOf = $"2024-06-{1 + (i % 28):00}", timeframe = i % 2 == 0 ? "7d" : "14d" },
                Cancel);
            Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
        }

        Assert.NotEmpty(right.Answered());
        Assert.NotEmpty(wrong.Answered());
        await Until.True(async () => (await Load.AskAsync(http)).Status == HttpStatusCode.OK
            && (await gateway.ReadinessAsync()).Contains("clock: ", StringComparison.Ordinal), "readiness notes the clock");
        await Until.True(() => wrong.Output.Contains($" s {gatewayIs} the one of ", StringComparison.Ordinal), "the worker's log tells of the clock");

        // What waited for longer than anyone waits is computed by neither.
        wrong.Pause();
        right.Pause();
        var late = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Load.AskAsync(http, "700")));
        Assert.All(late, request => Assert.Equal(HttpStatusCode.GatewayTimeout, request.Status));
        wrong.Resume();
        right.Resume();
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await Load.AskAsync(http)).Status);
        }

        var answered = right.Answered().Concat(wrong.Answered()).ToHashSet();
        Assert.Empty(answered.Intersect(late.Select(request => $"risk:{request.Symbol}")));
        output.WriteLine($"{seconds} s: {right.Answered().Count} answered by the worker with the right clock, {wrong.Answered().Count} by the other");
    }
}
