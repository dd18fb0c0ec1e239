using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Streaming;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Streaming;

/// <summary>Server-sent events of one gateway.</summary>
public class StreamTests(StreamingFactory gateway) : IClassFixture<StreamingFactory>
{
    private const string Predictions = "/api/v1/stream/predictions";

    private readonly HttpClient _client = gateway.Client();

    [Fact]
    public async Task Stream_OpensAtOnce_WithHeadersAgainstBuffers()
    {
        await using var stream = await EventStream.OpenAsync(_client, Predictions);

        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-cache, no-transform", string.Join(", ", stream.Response.Headers.NonValidated["Cache-Control"]));
        Assert.Equal("no", stream.Response.Header("X-Accel-Buffering"));
        Assert.NotEmpty(stream.Response.Header("X-Request-Id"));
    }

    [Fact]
    public async Task Listener_GetsWhatItWants_InOrder()
    {
        await using var all = await EventStream.OpenAsync(_client, Predictions);
        await using var some = await EventStream.OpenAsync(_client, Predictions + "?symbols=btc,pol&timeframe=7d,30d");
        await using var risk = await EventStream.OpenAsync(_client, "/api/v1/stream/risk?symbols=XYZ");
        string[] ids =
        [
            gateway.Tell("BTC"), gateway.Tell("ETH"), gateway.Tell("MATIC", "30d"), gateway.Tell("BTC", "14d"), gateway.Tell(StreamChannel.Risk, "XYZ"),
            gateway.Tell(StreamChannel.Alerts, "BTC"), gateway.Tell("BTC", "30d"),
        ];

        Assert.Equal([ids[0], ids[1], ids[2], ids[3], ids[6]], (await all.NextAsync(5)).Select(item => item.EventId));
        var found = await some.NextAsync(3);
        Assert.Equal([ids[0], ids[2], ids[6]], found.Select(item => item.EventId));
        Assert.Equal("prediction", found[0].EventType);
        Assert.StartsWith("""{"symbol":"BTC","n":""", found[0].Data, StringComparison.Ordinal);
        Assert.Equal(("risk", ids[4]), (await risk.NextAsync()) switch { var item => (item.EventType, item.EventId) });
    }

    [Fact]
    public async Task LastId_ResumesWithoutGapOrDouble()
    {
        await using var stream = await EventStream.OpenAsync(_client, Predictions);
        var first = gateway.Tell("BTC");
        await stream.NextAsync();
        string[] missed = [gateway.Tell("ETH"), gateway.Tell("BTC")];

        await using var resumed = await EventStream.OpenAsync(_client, Predictions, first);
        await using var filtered = await EventStream.OpenAsync(_client, $"{Predictions}?symbols=BTC&lastEventId={first}");
        var next = gateway.Tell("BTC");

        Assert.Equal([.. missed, next], (await resumed.NextAsync(3)).Select(item => item.EventId));
        Assert.Equal([missed[1], next], (await filtered.NextAsync(2)).Select(item => item.EventId));
        // A browser that reconnects sends the header beside the parameter of its address.
        await using var again = await EventStream.OpenAsync(_client, $"{Predictions}?lastEventId={first}", missed[1]);
        Assert.Equal(next, (await again.NextAsync()).EventId);
    }

    [Fact]
    public async Task PublishedTwice_IsOneEvent()
    {
        await using var stream = await EventStream.OpenAsync(_client, Predictions);
        var (first, _, last) = (gateway.Tell("BTC", messageId: "same"), gateway.Tell("BTC", messageId: "same"), gateway.Tell("ETH"));

        Assert.Equal([first, last], (await stream.NextAsync(2)).Select(item => item.EventId));
    }

    [Fact]
    public async Task IdThatIsNotThere_IsSaid_AndTheStreamGoesOn()
    {
        var known = gateway.Tell("BTC");
        await using var stream = await EventStream.OpenAsync(_client, Predictions, known[..^12] + "000000000000");

        var reset = await stream.NextAsync();
        var next = gateway.Tell("BTC");

        Assert.Equal("reset", reset.EventType);
        Assert.Equal("unknown", JsonDocument.Parse(reset.Data).RootElement.GetProperty("reason").GetString());
        Assert.Equal(known, reset.EventId);
        Assert.Equal(next, (await stream.NextAsync()).EventId);
    }

    [Fact]
    public async Task IdThatOnlyAnotherGatewayHasReadYet_IsWaitedFor()
    {
        gateway.Tell("BTC");
        var id = string.Empty;
        var data = Encoding.UTF8.GetBytes("""{"symbol":"BTC"}""");
        gateway.Hub.AppendNext(offset =>
        {
            id = StreamEventId.Of(offset + 1, data).ToString();
            return new StreamEvent(StreamChannel.Risk, "BTC", null, StreamEventId.Of(offset, data), null, null, data);
        });
        await using var stream = await EventStream.OpenAsync(_client, Predictions, id);

        gateway.Hub.AppendNext(offset => new StreamEvent(StreamChannel.Predictions, "BTC", "7d", StreamEventId.Of(offset, data), $"{offset}", null, data));
        var next = gateway.Tell("ETH");

        Assert.Equal(next, (await stream.NextAsync()).EventId);
    }

    [Fact]
    public async Task IdThatNeverComes_IsSaidAfterAWhile()
    {
        await using var stream = await EventStream.OpenAsync(_client, Predictions, "999999999-9f86d0818850");

        Assert.Equal("reset", (await stream.NextAsync()).EventType);
    }

    [Theory]
    [InlineData(Predictions + "?symbols=XYZ", RefusalReason.UnsupportedSymbol, HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/stream/risk?symbols=a b", RefusalReason.UnsupportedSymbol, HttpStatusCode.BadRequest)]
    [InlineData(Predictions + "?symbols=", RefusalReason.InvalidRequest, HttpStatusCode.UnprocessableEntity)]
    [InlineData(Predictions + "?timeframe=1h", RefusalReason.UnsupportedTimeframe, HttpStatusCode.BadRequest)]
    [InlineData(Predictions + "?lastEventId=yesterday", RefusalReason.InvalidRequest, HttpStatusCode.UnprocessableEntity)]
    [InlineData(Predictions + "?last_event_id=5-9f86d0818850", RefusalReason.InvalidRequest, HttpStatusCode.UnprocessableEntity)]
    public async Task BadQuery_IsRefused(string path, RefusalReason reason, HttpStatusCode status) =>
        await (await _client.SendAsync(HttpMethod.Get, path)).ProblemAsync(status, reason);

    [Fact]
    public async Task TooManySymbols_AreRefused()
    {
        var symbols = string.Join(',', Enumerable.Range(0, RequestRules.MaxBatch + 1).Select(i => $"S{i}"));

        await (await _client.SendAsync(HttpMethod.Get, $"/api/v1/stream/risk?symbols={symbols}"))
            .ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);
    }

    [Fact]
    public async Task Head_IsAnsweredAndEnds()
    {
        var response = await _client.SendAsync(HttpMethod.Head, Predictions);

        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        Assert.Empty(await response.TextAsync());
    }

    [Fact]
    public async Task PageOfAKnownOrigin_MayListen()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Predictions);
        request.Headers.Add("Origin", "http://localhost:5173");
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        Assert.Equal("http://localhost:5173", response.Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task ListenerThatReadsNothing_IsCutOff_WhileOthersGetEverything()
    {
        await using var other = await EventStream.OpenAsync(_client, Predictions + "?symbols=LTC");
        using var silent = new TcpClient { ReceiveBufferSize = 4096 };
        await silent.ConnectAsync(IPAddress.Loopback, _client.BaseAddress!.Port, TestContext.Current.CancellationToken);
        await silent.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"GET {Predictions}?symbols=LTC HTTP/1.1\r\nHost: localhost\r\n\r\n"), TestContext.Current.CancellationToken);
        await Until.True(() => gateway.Hub.Count >= 2, "both listen");
        var before = gateway.Hub.Count;

        var told = 0;
        while (gateway.Hub.Count == before)
        {
            gateway.Tell("LTC", bytes: 50_000);
            Assert.Equal("prediction", (await other.NextAsync()).EventType);
            Assert.True(++told < 5000, "it is never dropped");
        }

        var last = gateway.Tell("LTC");
        Assert.Equal(last, (await other.NextAsync()).EventId);
    }
}
