using System.Net;
using System.Net.WebSockets;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Coinsphere.Messaging.Hosting.Keys;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Gateway.Tests.Callers;

/// <summary>Streams at a gateway that asks for keys: tickets for browsers, and keys that are revoked meanwhile.</summary>
public sealed class StreamKeyTests(KeyedGateway gateway) : IClassFixture<KeyedGateway>
{
    private const string Predictions = "/api/v1/stream/predictions";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ticket_OpensOneStream()
    {
        var (client, _) = await gateway.ClientAsync("read");
        var ticket = await TicketAsync(client);
        await using (var stream = await EventStream.OpenAsync(gateway.With(null), $"{Predictions}?symbols=BTC&ticket={ticket}"))
        {
            Assert.Equal(gateway.Tell("BTC"), (await stream.NextAsync()).EventId);
            Assert.False(stream.Response.Headers.Contains("X-Ignored-Fields"));
        }

        using var again = await gateway.With(null).GetAsync($"{Predictions}?ticket={ticket}", Cancel);
        Assert.StartsWith(
            "the ticket is not valid: ", (await again.ProblemAsync(HttpStatusCode.Unauthorized, RefusalReason.Unauthenticated)).Detail,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ticket_OpensAWebSocket_AndNothingElse()
    {
        var (client, _) = await gateway.ClientAsync("admin");
        using var models = await gateway.With(null).GetAsync($"/models?ticket={await TicketAsync(client)}", Cancel);
        await models.ProblemAsync(HttpStatusCode.Unauthorized, RefusalReason.Unauthenticated);

        using var socket = await SocketAsync($"?ticket={await TicketAsync(client)}");
        Assert.Equal(WebSocketState.Open, socket.State);
        await Assert.ThrowsAsync<WebSocketException>(() => SocketAsync(""));
    }

    [Fact]
    public async Task TicketOfARevokedKey_AndAChangedOne_OpenNothing()
    {
        var (client, key) = await gateway.ClientAsync("read");
        var (ticket, changed) = (await TicketAsync(client), await TicketAsync(client));
        Assert.True(ApiKey.TryParse(key, out var id, out _));
        changed = changed.Replace(id!, ApiKey.Make().Id, StringComparison.Ordinal);
        await gateway.RevokeAsync(key);

        foreach (var text in (string[])[ticket, changed, "none-needed", "", "....", new string('.', 300), "%ff.1.2.3"])
        {
            using var response = await gateway.With(null).GetAsync($"{Predictions}?ticket={text}", Cancel);
            await response.ProblemAsync(HttpStatusCode.Unauthorized, RefusalReason.Unauthenticated);
        }
    }

    [Fact]
    public void Ticket_IsTakenByAnyGatewayThatKnowsTheKey_WithinAMinute()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var (_, id, hash) = ApiKey.Make();
        var table = new CallerTable(time);
        table.Read([new CallerKey(id, "a", ["read"], hash)]);
        var (one, other) = (new StreamTickets(table, time), new StreamTickets(table, time));

        var ticket = one.Issue(id)!.Value.Ticket;
        Assert.Equal("a", other.Redeem(ticket)?.Name);
        Assert.Null(other.Redeem(ticket));
        var late = one.Issue(id)!.Value.Ticket;
        time.Advance(StreamTickets.Lasts + TimeSpan.FromSeconds(6));
        Assert.Null(other.Redeem(late));
    }

    [Fact]
    public async Task RevokedKey_EndsItsStreamsAndNoOthers()
    {
        var (client, key) = await gateway.ClientAsync("read");
        var (other, _) = await gateway.ClientAsync("read");
        await using var stream = await EventStream.OpenAsync(client, Predictions + "?symbols=ETH");
        await using var kept = await EventStream.OpenAsync(other, Predictions + "?symbols=ETH");
        using var socket = await SocketAsync($"?ticket={await TicketAsync(client)}");

        await gateway.RevokeAsync(key);

        var last = await stream.NextAsync();
        Assert.Equal("dropped", last.EventType);
        Assert.Contains("key_ended", last.Data, StringComparison.Ordinal);
        Assert.Null(await stream.AnyAsync());
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await ClosedAsync(socket));
        Assert.Equal(gateway.Tell("ETH"), (await kept.NextAsync()).EventId);
    }

    private static async Task<string> TicketAsync(HttpClient client)
    {
        using var response = await client.PostAsync("/api/v1/stream/ticket", null, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        return (await response.JsonAsync()).GetProperty("ticket").GetString()!;
    }

    private async Task<ClientWebSocket> SocketAsync(string query)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(gateway.With(null).BaseAddress!) { Scheme = "ws", Path = "/api/v1/ws", Query = query }.Uri, Cancel);
        return socket;
    }

    private static async Task<WebSocketCloseStatus?> ClosedAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        while ((await socket.ReceiveAsync(buffer, Cancel)).MessageType != WebSocketMessageType.Close)
        {
            // What was sent before.
        }

        return socket.CloseStatus;
    }
}
