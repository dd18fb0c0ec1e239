using System.Globalization;
using Coinsphere.Messaging.Integration.Tests.Caching;

namespace Coinsphere.Messaging.Integration.Tests.Tls;

/// <summary>An encrypted Redis with a certificate of a private authority. Where it is not trusted, answers are made without it, and a note says why.</summary>
public sealed class RedisTlsTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new();
    private readonly int _port = Ports.Free();
    private readonly RedisServer _server;

    public RedisTlsTests() => _server = new RedisServer(
        "--tls-port", _port.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", "server.pem", "--tls-key-file", "server.key",
        "--tls-ca-cert-file", "authority.pem", "--tls-auth-clients", "no");

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task TrustedCertificate_CarriesAnswers()
    {
        await StartAsync();
        await using var process = await ConnectAsync("127.0.0.1", _server.File("authority.pem"));

        await Until.True(() => process.Cache.IsRedisConnected);
        await process.StoreAsync(CacheProcess.Btc, "{1}");
        Assert.Equal("{1}", await process.ReadAsync(CacheProcess.Btc));
        Assert.Empty(process.Notes);
    }

    [Fact]
    public async Task CertificateOfAnotherAuthority_IsNotUsed()
    {
        await StartAsync();
        using var other = new TestAuthority();

        await RefusedAsync(
            "127.0.0.1", _server.WithFile("other.pem", other.Pem).File("other.pem"), "shows a certificate that no authority of Redis:TlsAuthority signed: ");
    }

    [Fact]
    public async Task UnknownAuthority_IsNotUsed()
    {
        await StartAsync();
        await RefusedAsync("127.0.0.1", "", "shows a certificate of an authority that this system does not trust, 'CN=tests': ");
    }

    [Fact]
    public async Task OtherHostName_IsNotUsed()
    {
        await StartAsync();
        await RefusedAsync("localhost", _server.File("authority.pem"), "shows a certificate for '127.0.0.1', expected one for localhost, ");
    }

    [Fact]
    public async Task ExpiredCertificate_IsNotUsed()
    {
        await StartAsync(isExpired: true);
        await RefusedAsync("127.0.0.1", _server.File("authority.pem"), "shows a certificate that is valid from ");
    }

    private Task StartAsync(bool isExpired = false)
    {
        var (certificate, key) = _authority.Sign(isExpired);
        return _server.WithFile("authority.pem", _authority.Pem).WithFile("server.pem", certificate).WithFile("server.key", key).StartAsync();
    }

    private async Task RefusedAsync(string host, string authority, string why)
    {
        await using var process = await ConnectAsync(host, authority);

        Assert.Null(await process.ReadAsync(CacheProcess.Btc));
        // A start that did not wait long enough to learn why says "unavailable" first.
        await Until.True(
            () => Assert.Single(process.Notes).StartsWith($"redis: {host}:{_port} {why}", StringComparison.Ordinal),
            () => string.Join("; ", process.Notes),
            TimeSpan.FromMinutes(1));
    }

    private Task<CacheProcess> ConnectAsync(string host, string authority) => CacheProcess.StartAsync(
        ("Redis:Host", host), ("Redis:Port", _port.ToString(CultureInfo.InvariantCulture)), ("Redis:Tls", "true"), ("Redis:TlsAuthority", authority));
}
