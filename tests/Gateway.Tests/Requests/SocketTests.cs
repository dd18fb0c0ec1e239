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
        Assert.StartsWith("HTTP/1.1 422 ", response, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"invalid_request\"", response, StringComparison.Ordinal);
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

    private async Task<string> RawAsync(string request)
    {
        using var caller = new TcpClient();
        await caller.ConnectAsync(IPAddress.Loopback, _client.BaseAddress!.Port, TestContext.Current.CancellationToken);
        await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(caller.GetStream());
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
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
