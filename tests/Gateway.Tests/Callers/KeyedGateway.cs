using System.Net.Http.Headers;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.Tests.Streaming;
using Coinsphere.Messaging.Hosting.Keys;

namespace Coinsphere.Messaging.Gateway.Tests.Callers;

/// <summary>A gateway on a real socket that asks for keys, of which a worker has told.</summary>
public sealed class KeyedGateway : StreamingFactory
{
    private readonly List<CallerKey> _keys = [];
    private long _version;

    internal CallerTable Table => Services.GetRequiredService<CallerTable>();

    /// <summary>A client with a new key, and the key.</summary>
    public async Task<(HttpClient Client, string Key)> ClientAsync(params string[] scopes)
    {
        var (key, id, hash) = ApiKey.Make();
        _keys.Add(new CallerKey(id, $"caller-{id}", scopes, hash));
        await TellAsync();
        await Until.True(() => Table.Find(id) is not null);
        return (With(key), key);
    }

    /// <summary>A client that sends a text as its key.</summary>
    public HttpClient With(string? key)
    {
        var client = Client();
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Revokes a key.</summary>
    public async Task RevokeAsync(string key)
    {
        Assert.True(ApiKey.TryParse(key, out var id, out _));
        _keys.RemoveAll(known => known.Id == id);
        await TellAsync();
        await Until.True(() => Table.Find(id!) is null);
    }

    private Task TellAsync() => Bus.Bus.Publish(new ModelsReported("worker", []) { Keys = new CallerKeys(++_version, [.. _keys]) });

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.UseSetting("Auth:Required", "true");
    }
}
