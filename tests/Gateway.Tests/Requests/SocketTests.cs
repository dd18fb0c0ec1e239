using System.Net;
using System.Net.Sockets;
using System.Text;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Requests;

/// <summary>What only a real server on a real socket can show.</summary>
public class SocketTests(SocketTests.KestrelFactory gateway) : IClassFixture<SocketTests.KestrelFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    [Fact]
    public async Task AnswerAndProblem_DoNotNameTheServer()
    {
        var answer = await _client.PostAsync("/predict", """{"symbol":"BTC"}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(answer.Headers.Server);
        await (await _client.PostAsync("/predict", "{}")).ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OversizedBody_IsTooLargeWithOrWithoutItsLengthNamed(bool chunked)
    {
        var content = new StringContent("""{"symbol":"BTC"}""".PadRight(200_000), Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, RefusalReason.RequestTooLarge);
    }

    [Fact]
    public async Task BrokenChunk_IsInvalid()
    {
        var response = await RawAsync(
            "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nnot a size\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", response, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"invalid_request\"", response, StringComparison.Ordinal);
    }

    /// <summary>Requests that no client of HTTP sends. Bytes that are no ASCII are written as they are here.</summary>
    public static TheoryData<string, string> Malformed { get; } = new()
    {
        { "a chunk size that is no number", Chunked("zz\r\n") },
        { "a chunk size without an end", Chunked("fffffffffffffffff\r\n") },
        { "a negative chunk size", Chunked("-1\r\n") },
        { "a chunk that is longer than its size", Chunked("1\r\n{}\r\n0\r\n\r\n") },
        { "a chunk extension that never ends", Chunked("1;" + new string('a', 100_000)) },
        { "a length that is no number", Post("Content-Length: abc", "{}") },
        { "a negative length", Post("Content-Length: -1", "{}") },
        { "a length beyond every number", Post("Content-Length: 99999999999999999999", "{}") },
        { "two lengths", Post("Content-Length: 2\r\nContent-Length: 3", "{}") },
        { "an unknown transfer coding", Post("Transfer-Encoding: gzip", "{}") },
        { "a length beside chunks", Post("Content-Length: 2\r\nTransfer-Encoding: chunked", "zz\r\n") },
        { "UTF-8 cut short in the path", "GET /models/%c3 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" },
        { "an overlong slash in the path", "GET /models/%c0%af HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" },
        { "a zero in the path", "GET /models/%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" },
        { "a bare zero in the path", "GET /models/\0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" },
        { "bytes that are no UTF-8 in the path", "GET /models/\u00ff\u00fe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" },
        { "bytes that are no UTF-8 in a header", "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: \u00ff\r\nConnection: close\r\n\r\n" },
        { "a zero in a header", "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: a\0b\r\nConnection: close\r\n\r\n" },
        { "a header of 100 KB", $"GET /health HTTP/1.1\r\nHost: localhost\r\nX-A: {new string('a', 100_000)}\r\n\r\n" },
        { "a thousand headers", $"GET /health HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Range(0, 1_000).Select(i => $"X-{i}: 1\r\n"))}\r\n" },
        { "a path of 100 KB", $"GET /{new string('a', 100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n" },
        { "no host", "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n" },
        { "a header without a name", "GET /health HTTP/1.1\r\nHost: localhost\r\n: a\r\n\r\n" },
        { "another protocol", "SSH-2.0-client\r\n\r\n" },
        { "a method of control characters", "G\u0001T /health HTTP/1.1\r\nHost: localhost\r\n\r\n" },
        { "a deadline that is no number", "GET /models HTTP/1.1\r\nHost: localhost\r\nX-Deadline-Ms: \u00e9\r\nConnection: close\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task MalformedRequest_IsTheCallersFault(string what, string request)
    {
        var response = await RawAsync(request);

        Assert.True(response.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), $"{what}: {response}");
        Assert.Equal(HttpStatusCode.OK, (await _client.PostAsync("/predict", """{"symbol":"BTC"}""")).StatusCode);
    }

    [Fact]
    public async Task CallerThatGoesAway_LeavesTheServerAlive()
    {
        gateway.Worker.Predict = _ => null;
        using (var caller = new TcpClient())
        {
            await caller.ConnectAsync(IPAddress.Loopback, _client.BaseAddress!.Port, TestContext.Current.CancellationToken);
            await caller.GetStream().WriteAsync(
                "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"symbol\":\"BTC\"}"u8.ToArray(),
                TestContext.Current.CancellationToken);
        }

        gateway.Worker.Predict = asked => Hosts.Answers.Prediction(asked.Symbol);
        Assert.Equal(HttpStatusCode.OK, (await _client.PostAsync("/predict", """{"symbol":"BTC"}""")).StatusCode);
    }

    private static string Chunked(string body) => Post("Transfer-Encoding: chunked", body);

    private static string Post(string length, string body) =>
        $"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{length}\r\nConnection: close\r\n\r\n{body}";

    private async Task<string> RawAsync(string request)
    {
        using var caller = new TcpClient();
        await caller.ConnectAsync(IPAddress.Loopback, _client.BaseAddress!.Port, TestContext.Current.CancellationToken);
        var stream = caller.GetStream();
        var response = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
            await stream.CopyToAsync(response, TestContext.Current.CancellationToken);
        }
        catch (IOException) when (response.Length > 0)
        {
            // The server answers and closes without reading the rest.
        }

        return Encoding.Latin1.GetString(response.ToArray());
    }

    public sealed class KestrelFactory : GatewayFactory
    {
        public KestrelFactory()
        {
            UseKestrel(0);
            StartServer();
        }
    }
}
