using System.Net;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Coinsphere.Messaging.Hosting.Health;

namespace Coinsphere.Messaging.Gateway.Tests.Health;

public class HealthTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    [Fact]
    public async Task Root_NamesTheServiceAndEveryEndpoint()
    {
        var info = await (await _client.SendAsync(HttpMethod.Get, "/")).JsonAsync();
        Assert.Equal(["service", "version", "status", "endpoints"], info.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ("Coinsphere ML Service", "1.0.0", "running"),
            (info.GetProperty("service").GetString(), info.GetProperty("version").GetString(), info.GetProperty("status").GetString()));

        var mapped = gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText!.Replace("{documentName}", "v1", StringComparison.Ordinal))
            .Append("/docs").Append("/redoc").Append("/openapi/v1-3.0.json").Except(["/"]);
        var named = info.GetProperty("endpoints").EnumerateObject().Select(member => member.Name);
        Assert.Equal(mapped.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Liveness_IsGreenWhileTheProcessLives()
    {
        var response = await _client.SendAsync(HttpMethod.Get, "/health/live");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"status":"alive"}""", await response.TextAsync());
    }

    [Fact]
    public async Task WorkersReport_TurnsReadinessGreenAndCountsItsModels()
    {
        await using var alone = new GatewayFactory { Worker = new() { AnswersGreetings = false } };
        var client = alone.Fresh();
        var before = DateTimeOffset.UtcNow;
        var first = await HealthAsync(client);
        Assert.Equal((0, false), (first.ModelsLoaded, first.PytorchAvailable));
        var red = await client.SendAsync(HttpMethod.Get, "/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, red.StatusCode);
        Assert.Equal("""{"status":"not_ready","reasons":["workers: no worker has reported lately"],"notes":[]}""", await red.TextAsync());

        var cancelled = TestContext.Current.CancellationToken;
        await alone.Bus.Bus.Publish(new ModelsReported("worker", ["BTC", "ETH", "SOL"]), cancelled);
        Assert.True(await alone.Bus.Consumed.Any<ModelsReported>(cancelled));

        var reported = await ReadyAsync(client);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"status":"not_ready","reasons":["workers: none has answered this gateway\u0027s own first """
            + """question yet"],"notes":[]}"""), reported);

        alone.Worker.AnswersGreetings = true;
        await Until.True(async () => await ReadyAsync(client) is (HttpStatusCode.OK, """{"status":"ready","reasons":[],"notes":[]}"""));

        await alone.Bus.Bus.Publish(new ModelsReported("other", ["BTC"], [], [], "torch"), cancelled);
        await Until.True(async () => (await HealthAsync(client)).PytorchAvailable);

        var health = await HealthAsync(client);
        Assert.InRange(health.Timestamp, before, DateTimeOffset.UtcNow);
        Assert.Equal(("healthy", true, "cpu", 3, false), (health.Status, health.PytorchAvailable, health.Device, health.ModelsLoaded, health.RedisConnected));
        Assert.Equal(SymbolCatalog.Default.Supported, health.SupportedSymbols);
    }

    [Fact]
    public async Task Notes_LeaveReadinessGreenAndReasonsTurnItRed()
    {
        await using var alone = new GatewayFactory();
        var client = alone.Fresh();
        var cancelled = TestContext.Current.CancellationToken;
        await alone.Bus.Bus.Publish(new ModelsReported("a", ["BTC"], ["database: away"], []), cancelled);
        await Until.True(async () => await ReadyAsync(
            client) is (HttpStatusCode.ServiceUnavailable, """{"status":"not_ready","reasons":["workers: database: away"],"notes":[]}"""));

        await alone.Bus.Bus.Publish(new ModelsReported("b", ["BTC"], [], ["clock: 2 s ahead"]), cancelled);
        await Until.True(async () => await ReadyAsync(client) is (HttpStatusCode.OK, _));
        var notes = JsonDocument.Parse((await ReadyAsync(client)).Body).RootElement.GetProperty("notes").EnumerateArray().Select(note => note.GetString()!)
            .Order(StringComparer.Ordinal);
        Assert.Equal(["workers: clock: 2 s ahead (1 of them)", "workers: database: away (1 of them)"], notes);

        alone.Services.GetRequiredService<Conditions>().Reason("test", "is a reason");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ReadyAsync(client)).Status);
    }

    private static async Task<(HttpStatusCode Status, string Body)> ReadyAsync(HttpClient client)
    {
        var response = await client.SendAsync(HttpMethod.Get, "/health/ready");
        return (response.StatusCode, await response.TextAsync());
    }

    [Fact]
    public async Task GatewayThatHasJustStarted_AsksAQuestionOfItsOwnAndWaitsForNoReport()
    {
        await using var started = new GatewayFactory();
        var client = started.CreateClient();

        await Until.True(async () => (await client.SendAsync(HttpMethod.Get, "/health/ready")).StatusCode == HttpStatusCode.OK);
        Assert.False(await started.Bus.Published.Any<ModelsReported>(new CancellationToken(canceled: true)));
    }

    private static async Task<Gateway.Health.Health> HealthAsync(HttpClient client)
    {
        var response = await client.SendAsync(HttpMethod.Get, "/health");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonSerializer.Deserialize<Gateway.Health.Health>(await response.TextAsync(), StrictJson.Options)!;
    }
}
