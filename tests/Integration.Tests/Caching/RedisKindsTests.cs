using System.Globalization;
using StackExchange.Redis;

namespace Coinsphere.Messaging.Integration.Tests.Caching;

/// <summary>Servers that want a login, encryption or another way to them. What is wrong with them is a note, and answers go on.</summary>
public sealed class RedisKindsTests
{
    private static readonly string[] WithUser = ["--aclfile", "users.acl"];

    [Fact]
    public async Task UserOfItsOwn_IsLoggedInAs()
    {
        await using var server = new RedisServer(WithUser).WithFile(
            "users.acl",
            "user default off\nuser app on >s3cret ~app:* -@all +@read +@write +@connection +@scripting +acl|whoami\n");
        await server.StartAsync();
        await using var process = await CacheProcess.StartAsync(server.Port, "app:", ("Redis:User", "app"), ("Redis:Password", "s3cret"));
        await KeepsAnswersAsync(process);
        Assert.Equal("app", await process.RawAsync(async (database, _) => (await database.ExecuteAsync("ACL", "WHOAMI")).ToString()));
    }

    [Theory]
    [InlineData("app", "wr0ng", "user 'app' or its password (Redis:User, Redis:Password)")]
    [InlineData("nobody", "s3cret", "user 'nobody' or its password (Redis:User, Redis:Password)")]
    [InlineData("", "wr0ng", "Redis:Password")]
    public async Task RefusedLogin_IsOneNoteWithoutThePassword(string user, string password, string what)
    {
        await using var server = new RedisServer(WithUser).WithFile("users.acl", "user default off\nuser app on >s3cret ~* +@all\n");
        await server.StartAsync();
        await using var process = await CacheProcess.StartAsync(server.Port, "", ("Redis:User", user), ("Redis:Password", password));
        Assert.Null(await process.ReadAsync(CacheProcess.Btc));
        // A start that did not wait long enough to learn why says "unavailable" first.
        var expected = $"redis: 127.0.0.1:{server.Port} refuses {what}, answers are made without it: ";
        await Until.True(
            () => Assert.Single(process.Notes).StartsWith(expected, StringComparison.Ordinal), () => string.Join("; ", process.Notes), TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(password, Assert.Single(process.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OldRedisWithoutResp3_IsSpokenToAsEver()
    {
        await using var server = new RedisServer("--rename-command", "HELLO", "", "--requirepass", "s3cret");
        await server.StartAsync();
        await using var process = await CacheProcess.StartAsync(server.Port, "", ("Redis:Password", "s3cret"));
        await KeepsAnswersAsync(process);
    }

    [Fact]
    public async Task Process_HasOneConnection()
    {
        await using var server = new RedisServer();
        await server.StartAsync();
        await using var process = await CacheProcess.StartAsync(server.Port, "");
        using var admin = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port},allowAdmin=true");
        var clients = await admin.GetServer("127.0.0.1", server.Port).ClientListAsync();
        Assert.Single(clients, client => client.Name == "coinsphere");
    }

    [Fact]
    public async Task Cluster_HoldsAnswerAndVersionWhereverTheyGo()
    {
        await using var server = new RedisServer("--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1");
        await server.StartAsync();
        using (var admin = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port},allowAdmin=true"))
        {
            await admin.GetServer("127.0.0.1", server.Port).ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
            await Until.True(async () => (await admin.GetServer("127.0.0.1", server.Port).ExecuteAsync("CLUSTER", "INFO")).ToString()
                .Contains("cluster_state:ok", StringComparison.Ordinal));
        }

        await using var process = await CacheProcess.StartAsync(("Redis:Endpoints", $"127.0.0.1:{server.Port}"));
        await KeepsAnswersAsync(process);
    }

    [Fact]
    public async Task Sentinel_NamesThePrimary()
    {
        await using var server = new RedisServer();
        await server.StartAsync();
        await using var sentinel = new RedisServer(asSentinelOf: server.Port);
        await sentinel.StartAsync();
        await using var process = await CacheProcess.StartAsync(("Redis:Endpoints", $"127.0.0.1:{sentinel.Port}"), ("Redis:Sentinel", "coinsphere"));
        await KeepsAnswersAsync(process);
    }

    private static async Task KeepsAnswersAsync(CacheProcess process)
    {
        await Until.True(() => process.Cache.IsRedisConnected);
        await process.StoreAsync(CacheProcess.Btc, "{1}");
        Assert.Equal("{1}", await process.ReadAsync(CacheProcess.Btc));
        Assert.True(await process.InvalidateAsync(CacheProcess.Btc));
        Assert.Null(await process.ReadAsync(CacheProcess.Btc));
        Assert.Empty(process.Notes);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
