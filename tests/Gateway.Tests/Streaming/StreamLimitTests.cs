using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Streaming;

/// <summary>The limits of streams, set small.</summary>
public class StreamLimitTests
{
    private const string Predictions = "/api/v1/stream/predictions";

    [Fact]
    public async Task ListenerTooMany_IsRefusedUntilAnotherHasGone()
    {
        await using var gateway = new SmallStreamingFactory();
        using var client = gateway.Client();
        await using var first = await EventStream.OpenAsync(client, Predictions);
        await using var second = await EventStream.OpenAsync(client, "/api/v1/stream/risk");
        var third = await EventStream.OpenAsync(client, "/api/v1/stream/alerts");

        await (await client.SendAsync(HttpMethod.Get, Predictions)).ProblemAsync(HttpStatusCode.ServiceUnavailable, RefusalReason.Overloaded);
        await third.DisposeAsync();
        await Until.True(() => gateway.Hub.Count == 2, "one has gone");
        await using var fourth = await EventStream.OpenAsync(client, Predictions);
    }

    [Fact]
    public async Task IdOlderThanTheWindow_IsSaid()
    {
        await using var gateway = new SmallStreamingFactory();
        using var client = gateway.Client();
        var ids = Enumerable.Range(0, 12).Select(_ => gateway.Tell("BTC")).ToArray();

        await using var expired = await EventStream.OpenAsync(client, Predictions, ids[1]);
        await using var oldest = await EventStream.OpenAsync(client, Predictions, ids[2]);

        var reset = await expired.NextAsync();
        Assert.Equal(("reset", ids[^1]), (reset.EventType, reset.EventId));
        Assert.Equal("expired", JsonDocument.Parse(reset.Data).RootElement.GetProperty("reason").GetString());
        Assert.Equal(ids[3..], (await oldest.NextAsync(9)).Select(item => item.EventId));
    }

    [Fact]
    public async Task Heartbeats_Come_WithThePositionToResumeAt()
    {
        await using var gateway = new SmallStreamingFactory();
        using var client = gateway.Client();
        await using var stream = await EventStream.OpenAsync(client, Predictions + "?symbols=BTC");
        var other = gateway.Tell("ETH");

        await Until.True(async () => await stream.AnyAsync() is { EventType: "heartbeat" } beat && beat.EventId == other, "a heartbeat with the newest id");

        await stream.DisposeAsync();
        var next = gateway.Tell("BTC");
        await using var resumed = await EventStream.OpenAsync(client, Predictions + "?symbols=BTC", other);
        Assert.Equal(next, (await resumed.NextAsync()).EventId);
    }

    [Fact]
    public async Task WebSocketThatAnswersNoPing_IsClosed()
    {
        await using var gateway = new SmallStreamingFactory();
        using var client = gateway.Client();
        using var caller = new TcpClient();
        await caller.ConnectAsync(IPAddress.Loopback, client.BaseAddress!.Port, TestContext.Current.CancellationToken);

        await caller.GetStream().WriteAsync(
            "GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"u8.ToArray()
                .Concat("Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n"u8.ToArray()).ToArray(),
            TestContext.Current.CancellationToken);

        await Until.True(() => gateway.Hub.Count == 1, "it is open");
        await Until.True(() => gateway.Hub.Count == 0, "it is closed");
    }

    [Fact]
    public async Task Stop_EndsStreamsAtOnce_WithTheReason()
    {
        var gateway = new SmallStreamingFactory();
        using var client = gateway.Client();
        await using var stream = await EventStream.OpenAsync(client, Predictions);

        var stopping = gateway.Services.GetRequiredService<IHost>().StopAsync(TestContext.Current.CancellationToken);

        var dropped = await stream.NextAsync();
        Assert.Equal("dropped", dropped.EventType);
        Assert.Equal("stopping", JsonDocument.Parse(dropped.Data).RootElement.GetProperty("reason").GetString());
        Assert.Null(await stream.AnyAsync());
        await stopping;
        await gateway.DisposeAsync();
    }
}
