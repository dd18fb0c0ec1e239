using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Streaming;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Gateway.Tests.Streaming;

/// <summary>Events over WebSockets.</summary>
public class WebSocketTests(StreamingFactory gateway) : IClassFixture<StreamingFactory>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly HttpClient _client = gateway.Client();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Subscriber_GetsWhatItAskedFor_UntilItUnsubscribes()
    {
        using var socket = await OpenAsync();
        Assert.Equal(
            """{"channel":"predictions","symbols":["BTC"]}""",
            await AskAsync(socket, """{"action":"subscribe","channel":"predictions","symbols":["btc"]}"""));
        Assert.Equal(
            """{"channel":"predictions","symbols":["BTC","MATIC"]}""",
            await AskAsync(socket, """{"action":"subscribe","channel":"predictions","symbols":["POL"]}"""));
        Assert.Equal("""{"channel":"risk","symbols":null}""", await AskAsync(socket, """{"action":"subscribe","channel":"risk"}"""));
        string[] ids = [gateway.Tell("BTC"), gateway.Tell("ETH"), gateway.Tell(StreamChannel.Risk, "XYZ"), gateway.Tell("MATIC")];

        var found = new[] { await NextAsync(socket), await NextAsync(socket), await NextAsync(socket) };
        Assert.Equal([ids[0], ids[2], ids[3]], found.Select(item => item.GetProperty("id").GetString()));
        Assert.Equal(["prediction", "risk", "prediction"], found.Select(item => item.GetProperty("event").GetString()));
        Assert.Equal("BTC", found[0].GetProperty("data").GetProperty("symbol").GetString());

        Assert.Equal(
            """{"channel":"predictions","symbols":["BTC"]}""",
            await AskAsync(socket, """{"action":"unsubscribe","channel":"predictions","symbols":["MATIC"]}"""));
        Assert.Equal("""{"channel":"risk","symbols":[]}""", await AskAsync(socket, """{"action":"unsubscribe","channel":"risk"}"""));
        gateway.Tell("MATIC");
        gateway.Tell(StreamChannel.Risk, "XYZ");
        var last = gateway.Tell("BTC");
        Assert.Equal(last, (await NextAsync(socket)).GetProperty("id").GetString());
    }

    [Fact]
    public async Task LastEventId_ResumesASubscription()
    {
        string[] ids = [gateway.Tell("ETH"), gateway.Tell("BTC"), gateway.Tell("ETH")];
        using var socket = await OpenAsync();

        await AskAsync(socket, $$"""{"action":"subscribe","channel":"predictions","symbols":["ETH"],"last_event_id":"{{ids[0]}}"}""");
        Assert.Equal(ids[2], (await NextAsync(socket)).GetProperty("id").GetString());
        await AskAsync(socket, $$"""{"action":"subscribe","channel":"predictions","symbols":["BTC"],"last_event_id":"{{ids[0][..^12]}}000000000000"}""");
        Assert.Equal("unknown", (await NextAsync(socket)).GetProperty("data").GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("not json", "invalid_request")]
    [InlineData("[]", "invalid_request")]
    [InlineData("null", "invalid_request")]
    [InlineData("{}", "invalid_request")]
    [InlineData("""{"action":"subscribe","channel":"prices"}""", "invalid_request")]
    [InlineData("""{"action":"dance","channel":"predictions"}""", "invalid_request")]
    [InlineData("""{"action":"subscribe","channel":"predictions","symbols":"BTC"}""", "invalid_request")]
    [InlineData("""{"action":"subscribe","channel":"predictions","symbols":[]}""", "invalid_request")]
    [InlineData("""{"action":"subscribe","channel":"predictions","symbols":[null]}""", "invalid_request")]
    [InlineData("""{"action":"subscribe","channel":"predictions","symbols":["NOPE"]}""", "unsupported_symbol")]
    [InlineData("""{"action":"subscribe","channel":"predictions","last_event_id":"x"}""", "invalid_request")]
    [InlineData("""{"action":"subscribe","channel":"predictions","lastEventId":"x"}""", "invalid_request")]
    public async Task WrongMessage_IsAnError_AndTheConnectionLivesOn(string message, string reason)
    {
        using var socket = await OpenAsync();

        await SendAsync(socket, message);
        var error = await NextAsync(socket);
        Assert.Equal(("error", reason), (error.GetProperty("event").GetString(), error.GetProperty("data").GetProperty("reason").GetString()));
        Assert.NotEmpty(error.GetProperty("data").GetProperty("detail").GetString()!);
        await AskAsync(socket, """{"action":"subscribe","channel":"risk","symbols":["BTC"]}""");
    }

    [Fact]
    public void AnyText_IsAnsweredOrCloses() => Prop.ForAll<string>(text =>
    {
        using var socket = OpenAsync().GetAwaiter().GetResult();
        SendAsync(socket, text ?? "").GetAwaiter().GetResult();
        return NextAsync(socket).GetAwaiter().GetResult().GetProperty("event").GetString() == "error";
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public async Task ThousandSubscriptions_AreBounded()
    {
        using var socket = await OpenAsync();
        var errors = 0;
        for (var i = 0; i < 1000; i += 100)
        {
            var symbols = string.Join(',', Enumerable.Range(i, 100).Select(n => $"\"S{n}\""));
            await SendAsync(socket, $$"""{"action":"subscribe","channel":"risk","symbols":[{{symbols}}]}""");
            errors += (await NextAsync(socket)).GetProperty("event").GetString() == "error" ? 1 : 0;
        }

        Assert.Equal(8, errors);
        Assert.Equal("""{"channel":"risk","symbols":null}""", await AskAsync(socket, """{"action":"subscribe","channel":"risk"}"""));
    }

    [Fact]
    public async Task ManyWrongMessages_CloseTheConnection()
    {
        using var socket = await OpenAsync();
        for (var i = 0; i < WebSocketSession.MaxErrors; i++)
        {
            await SendAsync(socket, "?");
            Assert.Equal("error", (await NextAsync(socket)).GetProperty("event").GetString());
        }

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await ClosedAsync(socket));
    }

    [Fact]
    public async Task LargeMessage_ClosesTheConnection()
    {
        using var socket = await OpenAsync();

        await SendAsync(socket, new string('x', 1_000_000));

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await ClosedAsync(socket));
    }

    [Fact]
    public async Task BinaryMessage_ClosesTheConnection()
    {
        using var socket = await OpenAsync();

        await socket.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Binary, endOfMessage: true, Cancel);

        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, await ClosedAsync(socket));
    }

    [Fact]
    public async Task ClientThatCloses_IsAnswered_AndOneThatVanishesIsForgotten()
    {
        var before = gateway.Hub.Count;
        using (var socket = await OpenAsync())
        {
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", Cancel).WaitAsync(Limit, Cancel);
            Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        }

        using (var socket = await OpenAsync())
        {
            socket.Abort();
        }

        await Until.True(() => gateway.Hub.Count == before, "none is left");
    }

    [Fact]
    public async Task RequestWithoutUpgrade_IsToldSo()
    {
        var response = await _client.SendAsync(HttpMethod.Get, WebSocketEndpoint.Path);
        await response.ProblemAsync(HttpStatusCode.UpgradeRequired, RefusalReason.InvalidRequest);
    }

    [Theory]
    [InlineData("http://evil.example", false)]
    [InlineData("null", false)]
    [InlineData("http://localhost:5173", true)]
    public async Task PageOfAnotherOrigin_MayNotOpenIt(string origin, bool isAllowed)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.CollectHttpResponseDetails = true;
        var opening = socket.ConnectAsync(Address, Cancel);

        if (isAllowed)
        {
            await opening;
        }
        else
        {
            await Assert.ThrowsAsync<WebSocketException>(() => opening);
            Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
        }
    }

    [Fact]
    public async Task OwnPage_MayOpenIt()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", _client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        await socket.ConnectAsync(Address, Cancel);
        Assert.Equal(WebSocketState.Open, socket.State);
    }

    [Fact]
    public async Task SlowReader_IsDroppedWithTheReason()
    {
        await using var small = new SmallStreamingFactory();
        using var client = small.Client();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(client.BaseAddress!) { Scheme = "ws", Path = WebSocketEndpoint.Path }.Uri, Cancel);
        await NextAsync(socket, skipsHeartbeats: false);
        await AskAsync(socket, """{"action":"subscribe","channel":"predictions"}""");

        while (small.Hub.Count > 0)
        {
            small.Tell("BTC", bytes: 100_000);
        }

        string? name;
        do
        {
            name = (await NextAsync(socket)).GetProperty("event").GetString();
        }
        while (name == "prediction");

        Assert.Equal("dropped", name);
        Assert.Equal(1013, (int)await ClosedAsync(socket));
    }

    private Uri Address => new UriBuilder(_client.BaseAddress!) { Scheme = "ws", Path = WebSocketEndpoint.Path }.Uri;

    private async Task<ClientWebSocket> OpenAsync()
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(Address, Cancel);
        Assert.Equal("heartbeat", (await NextAsync(socket, skipsHeartbeats: false)).GetProperty("event").GetString());
        return socket;
    }

    private static Task SendAsync(WebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Cancel);

    private static async Task<string> AskAsync(WebSocket socket, string text)
    {
        await SendAsync(socket, text);
        var answer = await NextAsync(socket);
        Assert.EndsWith("subscribed", answer.GetProperty("event").GetString(), StringComparison.Ordinal);
        return answer.GetProperty("data").GetRawText();
    }

    private static async Task<JsonElement> NextAsync(WebSocket socket, bool skipsHeartbeats = true)
    {
        while (true)
        {
            var (text, status) = await ReceiveAsync(socket);
            Assert.True(text is not null, $"the connection is closed: {status}");
            using var document = JsonDocument.Parse(text);
            if (!skipsHeartbeats || document.RootElement.GetProperty("event").GetString() != "heartbeat")
            {
                return document.RootElement.Clone();
            }
        }
    }

    private static async Task<WebSocketCloseStatus> ClosedAsync(WebSocket socket)
    {
        while (true)
        {
            var (text, status) = await ReceiveAsync(socket);
            if (text is null)
            {
                return status!.Value;
            }
        }
    }

    private static async Task<(string? Text, WebSocketCloseStatus? Status)> ReceiveAsync(WebSocket socket)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[8192];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, Cancel).WaitAsync(Limit, Cancel);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return (null, received.CloseStatus);
            }

            whole.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                return (Encoding.UTF8.GetString(whole.ToArray()), null);
            }
        }
    }
}
