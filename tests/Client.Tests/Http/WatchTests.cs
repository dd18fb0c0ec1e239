using System.Collections.Concurrent;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Client.Tests.Http;

/// <summary>A watch over HTTP on connections that end, stay silent, or bring something else.</summary>
public class WatchTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LostConnection_IsMadeAgainAfterTheLastEvent()
    {
        var asked = new ConcurrentQueue<string>();
        await using var server = await OddServer.StartAsync(async http =>
        {
            asked.Enqueue($"{http.Request.Path}{http.Request.QueryString} {http.Request.Headers["Last-Event-ID"]}");
            await StartAsync(http);
            await http.Response.WriteAsync($"event: alert\nid: {asked.Count}\ndata: {Alert($"a{asked.Count}")}\n\n: a comment\n\n", Stop);
            await http.Response.Body.FlushAsync(Stop);
            if (asked.Count == 2)
            {
                http.Abort();
            }
        });

        var seen = await TakeAsync(server.Client.WatchAlertsAsync(["btc", "ETH"], "0", Stop), 3);

        Assert.Equal([("1", "a1"), ("2", "a2"), ("3", "a3")], seen.Select(item => (item.Id!, item.Answer!.Id)));
        Assert.Equal(
            ["/api/v1/stream/alerts?symbols=btc,ETH 0", "/api/v1/stream/alerts?symbols=btc,ETH 1", "/api/v1/stream/alerts?symbols=btc,ETH 2"], asked.Take(3));
    }

    [Fact]
    public async Task Reset_SaysThatEventsMayBeMissing()
    {
        await using var server = await OddServer.StartAsync(async http =>
        {
            await StartAsync(http);
            await http.Response.WriteAsync(
                $$"""
                event: reset
                id: 7
                data: {"reason": "unknown", "detail": "the event 3 is not known here"}

                event: heartbeat
                id: 7
                data: {"at": "2026-11-30T09:31:00.991Z"}

                event: alert
                id: 8
                data: {{Alert("a8")}}


                """.ReplaceLineEndings("\n"),
                Stop);
        });

        var seen = await TakeAsync(server.Client.WatchAlertsAsync(lastEventId: "3", cancellationToken: Stop), 2);

        Assert.Equal(new Watched<Alert>("7", Answer: null, "the event 3 is not known here"), seen[0]);
        Assert.Equal(("8", "a8", (string?)null), (seen[1].Id, seen[1].Answer?.Id, seen[1].Missed));
    }

    [Theory, InlineData(422, "unsupported_symbol"), InlineData(403, "invalid_request"), InlineData(404, "invalid_request")]
    public async Task Refusal_EndsTheWatch(int status, string reason)
    {
        await using var server = await OddServer.AnsweringAsync(
            status, "application/problem+json", $$"""{"reason": "{{reason}}", "detail": "not this one"}""");

        var refused = await Assert.ThrowsAsync<WatchRefusedException>(
            () => TakeAsync(server.Client.WatchPredictionsAsync(["XYZ"], cancellationToken: Stop), 1));

        Assert.Equal("not this one", refused.Refusal.Detail);
    }

    [Theory, InlineData(503), InlineData(429), InlineData(502)]
    public async Task TemporaryRefusal_IsTriedAgain(int status)
    {
        var asked = 0;
        await using var server = await OddServer.StartAsync(async http =>
        {
            if (Interlocked.Increment(ref asked) == 1)
            {
                http.Response.StatusCode = status;
                await http.Response.WriteAsync(status == 502 ? "<html>Bad Gateway" : """{"reason": "overloaded", "detail": "too many listeners"}""", Stop);
                return;
            }

            await StartAsync(http);
            await http.Response.WriteAsync($"event: alert\nid: 1\ndata: {Alert("a")}\n\n", Stop);
        });

        Assert.Equal("a", Assert.Single(await TakeAsync(server.Client.WatchAlertsAsync(cancellationToken: Stop), 1)).Answer?.Id);
    }

    [Theory, InlineData(200, "text/html"), InlineData(404, "text/html"), InlineData(200, "application/json")]
    public async Task AnotherService_IsAClearException(int status, string contentType)
    {
        await using var server = await OddServer.AnsweringAsync(status, contentType, "<html>log in</html>");

        var failure = await Assert.ThrowsAsync<PredictionServiceException>(() => TakeAsync(server.Client.WatchRiskScoresAsync(cancellationToken: Stop), 1));

        Assert.Contains("log in", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EventThatIsNoAnswer_IsAClearException()
    {
        await using var server = await OddServer.StartAsync(async http =>
        {
            await StartAsync(http);
            await http.Response.WriteAsync("event: prediction\nid: 1\ndata: {\"symbol\": \"BTC\"}\n\n", Stop);
        });

        var failure = await Assert.ThrowsAsync<PredictionServiceException>(() => TakeAsync(server.Client.WatchPredictionsAsync(cancellationToken: Stop), 1));

        Assert.Contains("PredictionAnswer", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SilentConnection_IsReplaced()
    {
        var time = new FakeTimeProvider();
        var asked = 0;
        await using var server = await OddServer.StartAsync(
            async http =>
            {
                await StartAsync(http);
                if (Interlocked.Increment(ref asked) > 1)
                {
                    await http.Response.WriteAsync($"event: alert\nid: 1\ndata: {Alert("a")}\n\n", Stop);
                }

                await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            },
            time: time);

        var seeing = TakeAsync(server.Client.WatchAlertsAsync(cancellationToken: Stop), 1);
        await Until.True(() =>
        {
            time.Advance(TimeSpan.FromSeconds(5));
            return seeing.IsCompleted;
        });

        Assert.Equal("a", (await seeing)[0].Answer?.Id);
    }

    [Fact]
    public async Task Cancellation_EndsAWatchThatWaits()
    {
        await using var server = await OddServer.StartAsync(async http =>
        {
            await StartAsync(http);
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        var seeing = TakeAsync(server.Client.WatchAlertsAsync(cancellationToken: ended.Token), 1);
        await ended.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => seeing);
    }

    private static async Task StartAsync(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        await http.Response.Body.FlushAsync(Stop);
    }

    private static string Alert(string id) => JsonSerializer.Serialize(
        new Alert(id, "rule", "BTC", DateTimeOffset.UnixEpoch, 0.7, 0.6) { When = "probability_above", Message = "BTC" });

    private static async Task<List<T>> TakeAsync<T>(IAsyncEnumerable<T> items, int count)
    {
        var taken = new List<T>();
        await foreach (var item in items)
        {
            taken.Add(item);
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    }
}
