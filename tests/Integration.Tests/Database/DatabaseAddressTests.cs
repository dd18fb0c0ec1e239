using Coinsphere.Messaging.Integration.Tests.Prices;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Coinsphere.Messaging.Integration.Tests.Database;

/// <summary>The forms of DATABASE_URL, each with a real server: over a socket, and where another of several servers is down.</summary>
public sealed class DatabaseAddressTests : IAsyncLifetime
{
    // nothing listens there
    private const string Down = "127.0.0.1:1";

    private TestDatabase _database = null!;
    private string _socket = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static NpgsqlConnectionStringBuilder Server => new(TestServers.Postgres);

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _socket = (await _database.ValueAsync<string>("show unix_socket_directories"))!;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData("postgresql://{user}:{password}@127.0.0.1:{port}/{database}?sslmode=prefer&application_name=x&keepalives=1&keepalives_idle=30")]
    [InlineData("postgresql://{user}:{password}@127.0.0.1:{port}/{database}?options=-c%20lock_timeout%3D5000&statement_timeout=60000&pgbouncer=true")]
    [InlineData("postgresql://{user}:{password}@/{database}?host={socket}&port={port}")]
    [InlineData("postgresql://{user}:{password}@{escaped}:{port}/{database}")]
    [InlineData("postgresql://{user}:{password}@" + Down + ",127.0.0.1:{port}/{database}")]
    [InlineData("postgresql://{user}:{password}@" + Down + ",127.0.0.1:{port}/{database}?target_session_attrs=primary")]
    [InlineData("postgresql://{user}:{password}@127.0.0.1:{port},[::1]:1/{database}?target_session_attrs=read-write&load_balance_hosts=random")]
    [InlineData("postgresql://{user}:{password}@" + Down + ",{escaped}:{port}/{database}?target_session_attrs=any")]
    [InlineData("jdbc:postgresql://" + Down + ",127.0.0.1:{port}/{database}?user={user}&password={password}&targetServerType=primary")]
    [InlineData("host=127.0.0.1,{socket} port=1,{port} dbname={database} user={user} password='{password}'")]
    public async Task Worker_ReadsWritesAndLocks(string address)
    {
        await using var worker = await DatabaseWorker.StartAsync(_database, "Prices:Database", Filled(address));
        var bars = SyntheticSeries.Generate("BTC", new(2024, 6, 30));

        await worker.Services.GetRequiredService<PriceWriter>().WriteAsync("BTC", bars, DateTimeOffset.UnixEpoch, Cancel);
        var read = await worker.Services.GetRequiredService<IPriceSource>().ReadAsync("BTC", new(2024, 6, 30), 90, Cancel);
        var locked = await ClusterLock.TryAsync(
            worker.Services.GetRequiredService<NpgsqlDataSource>(), ClusterLock.Scoring, _ => Task.CompletedTask, Cancel);

        Assert.Equal(bars[^1].Close, read!.Bars.Span[^1].Close, 1e-9);
        Assert.True(locked);
        Assert.Equal(bars.Length, await _database.ValueAsync<int>("select count(*) from price_data"));
    }

    [Theory]
    [InlineData("postgresql://{user}:{password}@" + Down + ",127.0.0.1:2/{database}")]
    [InlineData("postgresql://{user}:{password}@" + Down + "/{database}")]
    public async Task ServersThatAreAllDown_AreUnavailable(string address)
    {
        var fault = await FaultAsync(address);

        Assert.True(DatabaseFaults.IsUnavailable(fault), fault.ToString());
        Assert.False(DatabaseFaults.IsLoginRefused(fault));
    }

    // as a standby is until it is promoted
    [Fact]
    public async Task ServersOfWhichNoneCanBeWrittenTo_AreUnavailable()
    {
        await TestDatabase.OnServer($"alter database {_database.Name} set default_transaction_read_only = on");

        var fault = await FaultAsync("postgresql://{user}:{password}@" + Down + ",127.0.0.1:{port}/{database}?target_session_attrs=read-write");

        Assert.True(DatabaseFaults.IsUnavailable(fault), fault.ToString());
        await TestDatabase.OnServer($"alter database {_database.Name} reset default_transaction_read_only");
    }

    [Fact]
    public async Task PasswordThatTheOnlyServerUpRefuses_IsARefusal()
    {
        var fault = await FaultAsync("postgresql://{user}:wrong@" + Down + ",127.0.0.1:{port}/{database}");

        Assert.Equal(PostgresErrorCodes.InvalidPassword, DatabaseFaults.LoginRefusal(fault)?.SqlState);
    }

    private async Task<Exception> FaultAsync(string address)
    {
        Assert.True(DatabaseUrl.TryConvert(Filled(address), out var connection, out var refusal), refusal);
        await using var source = new NpgsqlDataSourceBuilder(connection.ConnectionString).Build();
        // later attempts know what the first learnt
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await source.OpenConnectionAsync(Cancel));
        return await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await source.OpenConnectionAsync(Cancel));
    }

    private string Filled(string address) => address
        .Replace("{user}", Server.Username, StringComparison.Ordinal)
        .Replace("{password}", Server.Password, StringComparison.Ordinal)
        .Replace("{port}", $"{Server.Port}", StringComparison.Ordinal)
        .Replace("{database}", _database.Name, StringComparison.Ordinal)
        .Replace("{socket}", _socket, StringComparison.Ordinal)
        .Replace("{escaped}", Uri.EscapeDataString(_socket), StringComparison.Ordinal);
}
