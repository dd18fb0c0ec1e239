using System.Net;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Health;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

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
            .Select(endpoint => endpoint.RoutePattern.RawText!.Replace("{documentName}", "v1", StringComparison.Ordinal)).Append("/docs").Except(["/"]);
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
        var before = DateTimeOffset.UtcNow;
        Assert.Equal(0, (await HealthAsync()).ModelsLoaded);
        var red = await _client.SendAsync(HttpMethod.Get, "/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, red.StatusCode);
        Assert.Equal("""{"status":"not_ready","reasons":["workers: no worker has reported lately"]}""", await red.TextAsync());

        var cancelled = TestContext.Current.CancellationToken;
        await gateway.Bus.Bus.Publish(new ModelsReported("worker", ["BTC", "ETH", "SOL"]), cancelled);
        Assert.True(await gateway.Bus.Consumed.Any<ModelsReported>(cancelled));

        var green = await _client.SendAsync(HttpMethod.Get, "/health/ready");
        Assert.Equal(HttpStatusCode.OK, green.StatusCode);
        Assert.Equal("""{"status":"ready","reasons":[]}""", await green.TextAsync());

        var health = await HealthAsync();
        Assert.InRange(health.Timestamp, before, DateTimeOffset.UtcNow);
        Assert.Equal(("healthy", false, "cpu", 3, false), (health.Status, health.PytorchAvailable, health.Device, health.ModelsLoaded, health.RedisConnected));
        Assert.Equal(SymbolCatalog.Default.Supported, health.SupportedSymbols);
    }

    private async Task<Gateway.Health.Health> HealthAsync()
    {
        var response = await _client.SendAsync(HttpMethod.Get, "/health");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonSerializer.Deserialize<Gateway.Health.Health>(await response.TextAsync(), StrictJson.Options)!;
    }
}
