using System.Net;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Models;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Models;

public class ModelTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    [Fact]
    public async Task Models_AreThoseOfAllSupportedSymbols()
    {
        var response = await _client.SendAsync(HttpMethod.Get, "/models");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var models = JsonSerializer.Deserialize<ModelsDescribed>(await response.TextAsync(), StrictJson.Options)!;
        Assert.Equal(SymbolCatalog.Default.Supported, models.Models.Select(model => model.Symbol));
    }

    [Theory]
    [InlineData("/models/btc", "BTC")]
    [InlineData("/models/POL", "MATIC")]
    [InlineData("/models/XYZ", "XYZ")]
    public async Task Model_IsThatOfTheCanonicalSymbol(string path, string symbol)
    {
        var response = await _client.SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(JsonSerializer.Serialize(Hosts.Answers.Model(symbol), ContractsJson.Body.ModelInfo), await response.TextAsync());
    }

    [Fact]
    public async Task SymbolWithoutCheckpoint_IsNotTrainedAndNoError()
    {
        gateway.Worker.Models = _ => new ModelsDescribed([new("XYZ", ModelInfo.NotTrained, "N/A", null, null, null, null, null)]);
        var response = await _client.SendAsync(HttpMethod.Get, "/models/XYZ");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            """
            {"symbol":"XYZ","status":"not_trained","model_version":"N/A","last_trained":null,"accuracy_7d":null,
            "checkpoint_path":null,"model_digest":null,"error":null,"pooled":false,"newest_bar":null,"newest_bar_age_days":null,"last_training":null}
            """.ReplaceLineEndings(""),
            await response.TextAsync());
    }

    [Fact]
    public async Task ClearedCache_InvalidatesTheSymbol_AndTellsEveryProcess()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var version = await gateway.Cache.VersionAsync("MATIC", cancelled);
        var other = await gateway.Cache.VersionAsync("BTC", cancelled);

        var before = DateTimeOffset.UtcNow;
        var response = await _client.SendAsync(HttpMethod.Delete, "/models/pol/cache");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var cleared = JsonSerializer.Deserialize<CacheCleared>(await response.TextAsync(), StrictJson.Options)!;
        Assert.Equal(("Cache cleared for MATIC", "MATIC"), (cleared.Message, cleared.Symbol));
        Assert.InRange(cleared.Timestamp, before, DateTimeOffset.UtcNow);

        Assert.NotEqual(version, await gateway.Cache.VersionAsync("MATIC", cancelled));
        Assert.Equal(other, await gateway.Cache.VersionAsync("BTC", cancelled));
        // TestServer has no remote address.
        Assert.True(await gateway.Bus.Published.Any<CacheClearRequested>(
            published => published.Context.Message.Symbol == "MATIC" && published.Context.Headers.Get<string>("X-Caller") == "address unknown", cancelled));
    }
}
