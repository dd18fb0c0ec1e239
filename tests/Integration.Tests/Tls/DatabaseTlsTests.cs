using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Npgsql;

namespace Coinsphere.Messaging.Integration.Tests.Tls;

/// <summary>An encrypted database with a certificate of a private authority: used where it is trusted, else the fault says why.</summary>
public sealed class DatabaseTlsTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("authorities-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        _authority.Dispose();
        return default;
    }

    [Fact]
    public async Task OnlyAValidCertificateOfTheAuthorityForThatHost_IsUsed()
    {
        using var other = new TestAuthority();
        var (trusted, strange) = (Pem("trusted.pem", _authority), Pem("strange.pem", other));
        await using var server = await PostgresServer.StartAsync(_authority.Sign());

        Assert.Null(await FaultAsync(server.Url("127.0.0.1", $"sslmode=verify-full&sslrootcert={trusted}")));
        await RefusedAsync(server.Url("127.0.0.1", $"sslmode=verify-full&sslrootcert={strange}"));
        await RefusedAsync(server.Url("127.0.0.1", "sslmode=verify-full"));
        await RefusedAsync(server.Url("localhost", $"sslmode=verify-full&sslrootcert={trusted}"));
        // verify-ca asks for the authority alone
        Assert.Null(await FaultAsync(server.Url("localhost", $"sslmode=verify-ca&sslrootcert={trusted}")));
    }

    [Fact]
    public async Task ExpiredCertificate_IsNotUsed()
    {
        await using var server = await PostgresServer.StartAsync(_authority.Sign(isExpired: true));

        await RefusedAsync(server.Url("127.0.0.1", $"sslmode=verify-full&sslrootcert={Pem("trusted.pem", _authority)}"));
    }

    private static async Task RefusedAsync(string url) => Assert.Contains(
        $":{new Uri(url).Port} shows a certificate that is not trusted here (", await FaultAsync(url) ?? "it is used", StringComparison.Ordinal);

    /// <summary>Why the database cannot be used, as the worker and <c>doctor</c> say it; null where it can.</summary>
    private static async Task<string?> FaultAsync(string url)
    {
        Assert.True(DatabaseUrl.TryConvert(url, out var connection, out var fault), fault);
        await using var source = NpgsqlDataSource.Create(connection.ConnectionString);
        try
        {
            await using var opened = await source.OpenConnectionAsync(Cancel);
            return null;
        }
        catch (NpgsqlException refused)
        {
            return DatabaseFaults.Describe(source, refused);
        }
    }

    private string Pem(string name, TestAuthority authority)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, authority.Pem);
        return path;
    }
}
