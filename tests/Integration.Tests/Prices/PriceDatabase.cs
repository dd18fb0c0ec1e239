using System.Collections.Concurrent;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Coinsphere.Messaging.Integration.Tests.Prices;

/// <summary>A database of its own for a test class, with the tables of the original system. Each test empties them.</summary>
public sealed class PriceDatabase : IAsyncLifetime
{
    private const string Schema = """
        create table tokens (
            id text primary key, symbol text not null unique, name text not null, blockchain text not null,
            current_price numeric(18,8), market_cap numeric(24,2), volume_24h numeric(24,2));
        create table price_data (
            time timestamp(6) not null, token_id text not null,
            open numeric(18,8), high numeric(18,8), low numeric(18,8), close numeric(18,8), volume numeric(24,8),
            primary key (time, token_id));
        """;

    private readonly string _name = $"prices_{Guid.NewGuid():N}";
    private readonly CommandLog _commands = new();
    private NpgsqlDataSource? _source;

    public NpgsqlDataSource Source => _source!;

    /// <summary>The SQL of every command run through <see cref="Source"/> so far.</summary>
    internal IReadOnlyCollection<string> Commands => _commands.Texts;

    public async ValueTask InitializeAsync()
    {
        await OnServer($"create database {_name}");
        var connection = new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Database = _name };
        _source = new NpgsqlDataSourceBuilder(connection.ConnectionString)
            .UseLoggerFactory(LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_commands)))
            .Build();
        await Execute(Schema);
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is not null)
        {
            await _source.DisposeAsync();
        }

        await OnServer($"drop database if exists {_name} with (force)");
    }

    public async Task Execute(string sql)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    public Task Empty() => Execute("truncate tokens, price_data");

    public Task AddToken(string symbol, string currentPrice = "null", string marketCap = "null") => Execute($"""
        insert into tokens (id, symbol, name, blockchain, current_price, market_cap)
        values ('id-{symbol}', '{symbol}', '{symbol}', 'none', {currentPrice}, {marketCap})
        """);

    /// <summary>A row whose open is the close minus 1, high plus 2, low minus 2 and volume 10.</summary>
    public Task AddRow(string symbol, string time, double close) =>
        AddRow(symbol, time, string.Create(CultureInfo.InvariantCulture, $"{close - 1}, {close + 2}, {close - 2}, {close}, 10"));

    public Task AddRow(string symbol, string time, string values) =>
        Execute($"insert into price_data values ('{time}', 'id-{symbol}', {values})");

    /// <summary>A row an hour from the first to the last; the close is 1000 plus the hours since the first.</summary>
    public Task AddHours(string symbol, string first, string last) => Execute($"""
        insert into price_data
        select time, 'id-{symbol}', 1000 + n, 1000 + n + 2, 1000 + n - 2, 1000 + n, 10
        from generate_series('{first}'::timestamp, '{last}'::timestamp, '1 hour') with ordinality as hours (time, n)
        """);

    private static async Task OnServer(string sql)
    {
        await using var connection = new NpgsqlConnection(TestServers.Postgres);
        await connection.ExecuteAsync(sql);
    }

    private sealed class CommandLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Texts { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == "CommandExecutionCompleted")
            {
                Texts.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
