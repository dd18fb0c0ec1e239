extern alias standalone;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Coinsphere.Messaging.Tests;

/// <summary>The standalone program as it is, spoken to over HTTP without a socket.</summary>
internal sealed class TestService : WebApplicationFactory<standalone::Program>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly (string Key, string Value)[] _settings;

    private TestService(TestFolder folder, (string Key, string Value)[] settings)
    {
        Folder = folder;
        _settings = settings;
    }

    public TestFolder Folder { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Started, with its worker's first report heard.</summary>
    public static async Task<TestService> StartAsync(TestFolder folder, params (string Key, string Value)[] settings)
    {
        var service = new TestService(folder, settings);
        await Until.True(async () => (await service.GetAsync("/health/ready")).Status == 200, limit: Patience);
        return service;
    }

    public Task<Reply> PostAsync(string path, object body) => ReadAsync(client => client.PostAsync(path, JsonContent.Create(body), Cancel));

    public Task<Reply> GetAsync(string path) => ReadAsync(client => client.GetAsync(path, Cancel));

    public Task<Reply> DeleteAsync(string path) => ReadAsync(client => client.DeleteAsync(path, Cancel));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Folder.Dispose();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Models:Folder", Folder.Models);
        // A file beside the tests would be all tests'.
        builder.UseSetting("Records:File", "");
        builder.UseSetting("Schedule:Every", "");
        builder.UseSetting("Symbols:Supported", string.Join(',', [.. Golden.Names, "BTC", "DOGE"]));
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }
    }

    private async Task<Reply> ReadAsync(Func<HttpClient, Task<HttpResponseMessage>> ask)
    {
        using var client = CreateClient();
        using var response = await ask(client);
        var cache = response.Headers.TryGetValues("X-Cache", out var values) ? values.Single() : null;
        return new Reply((int)response.StatusCode, cache, await response.Content.ReadAsStringAsync(Cancel));
    }
}

/// <summary>A response.</summary>
internal sealed record Reply(int Status, string? Cache, string Text)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Text);

    public JsonNode Node => JsonNode.Parse(Text)!;
}
