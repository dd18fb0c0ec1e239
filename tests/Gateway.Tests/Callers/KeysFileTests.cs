using System.Net;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Coinsphere.Messaging.Hosting.Keys;

namespace Coinsphere.Messaging.Gateway.Tests.Callers;

/// <summary>A gateway that reads its keys from a file.</summary>
public sealed class KeysFileTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("keys-").FullName;
    private readonly FileGateway _gateway;
    private readonly KeysFile _file;
    private readonly HttpClient _client;
    private readonly (string Key, string Id, string Hash) _key = ApiKey.Make();

    public KeysFileTests()
    {
        var path = Path.Join(_folder, "keys.json");
        _file = new KeysFile(path);
        _gateway = new FileGateway(path);
        _client = _gateway.Fresh();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KeysOfTheFile_AreValidFromWhenItAppearsUntilTheyAreRevoked_AlsoWhileItIsDamaged()
    {
        // No file yet: the gateway cannot judge a key, and says so.
        await (await AskAsync()).ProblemAsync(HttpStatusCode.ServiceUnavailable, RefusalReason.KeysUnavailable);
        Assert.Contains("there is no file", await ReadinessAsync(), StringComparison.Ordinal);

        var key = new StoredKey(_key.Id, "alice", ["read"], _key.Hash, DateTimeOffset.UtcNow);
        _file.Change(keys => [.. keys, key]);
        await UntilAsync(HttpStatusCode.OK);

        var whole = await File.ReadAllTextAsync(_file.Name, Cancel);
        await File.WriteAllTextAsync(_file.Name, whole[..^20], Cancel);
        await Until.True(async () => (await ReadinessAsync()).Contains("the keys that were read last stay valid", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync()).StatusCode);

        await File.WriteAllTextAsync(_file.Name, whole, Cancel);
        _file.Change(keys => [.. keys.Select(one => one with { RevokedAt = DateTimeOffset.UtcNow })]);
        await UntilAsync(HttpStatusCode.Unauthorized);
        Assert.DoesNotContain("stay valid", await ReadinessAsync(), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<HttpResponseMessage> AskAsync() => _client.SendAsync(HttpMethod.Get, "/models", null, ("X-API-Key", _key.Key));

    private Task UntilAsync(HttpStatusCode status) =>
        Until.True(async () => (await AskAsync()).StatusCode == status, $"the answer is {status}", TimeSpan.FromSeconds(5));

    private async Task<string> ReadinessAsync() => await (await _client.GetAsync("/health/ready", Cancel)).TextAsync();

    private sealed class FileGateway(string path) : GatewayFactory
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.UseSetting("Auth:KeysFile", path);
        }
    }
}
