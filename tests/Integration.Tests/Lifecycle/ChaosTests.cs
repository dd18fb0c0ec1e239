using System.Text;
using System.Text.Json;
using Coinsphere.Messaging.Integration.Tests.Messaging;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>Durable requests while their workers, the database's connections and the broker are killed: every confirmed one is answered, and recorded once.</summary>
public sealed class ChaosTests : IAsyncLifetime
{
    private const int Days = 100;
    private const string Events = "client.chaos";

    private static readonly string[] Queues = ["predict-durable", "risk-durable", "prediction-records"];
    private static readonly string[] Timeframes = ["7d", "14d", "30d"];

    private RabbitMqServer _broker = null!;
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await RabbitMqServer.StartNewAsync();
        _database = await TestDatabase.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task ConfirmedDurableRequests_AreAnsweredAndRecordedOnce_WhateverIsKilled()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("COINSPHERE_TEST_SEED"), out var given) ? given : Random.Shared.Next(1, 100_000);
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        var workers = new List<ServiceProcess> { await StartWorkerAsync() };
        await AddPricesAsync();
        workers.Add(await StartWorkerAsync());
        await PublishAsync();
        try
        {
            // Each kill counts against all that was fetched, and a message is delivered four times: three faults can park none.
            foreach (var fault in random.GetItems(["worker", "database"], 2).Append("broker").ToArray())
            {
                var left = await LeftAsync();
                await Until.True(async () => await LeftAsync() < Math.Max(1, left - random.Next(5, 40)), $"progress, seed {seed}");
                await StrikeAsync(fault, workers, random);
            }

            await Until.True(async () => await LeftAsync() == 0, $"empty queues, seed {seed}");
        }
        finally
        {
            foreach (var worker in workers)
                await worker.DisposeAsync();
        }

        var parked = await _broker.ControlAsync("list_queues", "-p", "coinsphere", "name", "messages", "--no-table-headers");
        Assert.DoesNotContain(parked.Split('\n'), line => (line.Contains("_error", StringComparison.Ordinal) || line.Contains("_dead", StringComparison.Ordinal)) && !line.EndsWith("\t0", StringComparison.Ordinal));
        var (predictions, risks) = await SeenAsync();
        Assert.Equal(Days * Timeframes.Length, predictions.Count);
        Assert.Equal(Days, risks.Count);
        var recorded = (await _database.ValueAsync<string>("select string_agg(id::text, ',') from predictions"))!.Split(',');
        Assert.Equal(predictions.Values.SelectMany(ids => ids).Order(StringComparer.Ordinal), recorded.Order(StringComparer.Ordinal));
        Assert.All(predictions.Values, ids => Assert.Single(ids));
    }

    private async Task StrikeAsync(string fault, List<ServiceProcess> workers, Random random)
    {
        if (fault == "worker")
        {
            var victim = random.Next(workers.Count);
            await workers[victim].KillAsync();
            await workers[victim].DisposeAsync();
            workers[victim] = await StartWorkerAsync();
        }
        else if (fault == "database")
        {
            await _database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        }
        else
        {
            await _broker.KillAsync();
            await _broker.StartAsync();
        }
    }

    private Task<ServiceProcess> StartWorkerAsync() =>
        ServiceProcess.StartWorkerAsync(_broker.Url(Broker.Worker), ("Prices__Database", _database.ConnectionString), ("Prices__AllowSynthetic", "false"));

    private Task AddPricesAsync() => _database.ExecuteAsync("""
        insert into tokens (id, symbol, name, blockchain) values ('btc', 'BTC', 'BTC', 'none');
        insert into price_data (time, token_id, open, high, low, close, volume)
        select day, 'btc', price, price + 5, price - 5, price + 1, 1000 + n % 17
        from (select day, n, 1000 + 100 * sin(n / 9.0) + n as price from generate_series('2023-01-01'::timestamp, '2024-06-30', '1 day') with ordinality as days (day, n)) prices
        """);

    private async Task PublishAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(_broker.Url(Broker.Publisher)) }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.QueueDeclareAsync(Events, durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync(Events, "Coinsphere.Messaging.Contracts:PredictionCompleted", "");
        await channel.QueueBindAsync(Events, "Coinsphere.Messaging.Contracts:RiskScored", "");
        var sent = new List<Task>();
        for (var i = 0; i < Days; i++)
        {
            var day = new DateOnly(2024, 1, 1).AddDays(i).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            sent.Add(SendAsync("risk-durable", $$"""{"symbol":"BTC","asOf":"{{day}}"}"""));
            sent.AddRange(Timeframes.Select(timeframe => SendAsync("predict-durable", $$"""{"symbol":"BTC","timeframe":"{{timeframe}}","asOf":"{{day}}"}""")));
        }

        await Task.WhenAll(sent);

        Task SendAsync(string endpoint, string body) => channel.BasicPublishAsync(
            endpoint, "", mandatory: true, new BasicProperties { ContentType = "application/json", Persistent = true }, Encoding.UTF8.GetBytes(body)).AsTask();
    }

    /// <summary>The prediction ids of each day and timeframe, and the days of the risk scores.</summary>
    private async Task<(Dictionary<string, HashSet<string>> Predictions, HashSet<string> Risks)> SeenAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(_broker.Url(Broker.Publisher)) }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync();
        var (predictions, risks) = (new Dictionary<string, HashSet<string>>(), new HashSet<string>());
        while (await channel.BasicGetAsync(Events, autoAck: true) is { } message)
        {
            var answer = JsonDocument.Parse(message.Body).RootElement.GetProperty("message").GetProperty("answer");
            var day = answer.GetProperty("data_as_of").GetString()!;
            if (!answer.TryGetProperty("prediction_id", out var id))
            {
                risks.Add(day);
                continue;
            }

            var question = $"{day} {answer.GetProperty("timeframe").GetString()}";
            if (!predictions.TryGetValue(question, out var ids))
                predictions[question] = ids = [];
            ids.Add(id.GetString()!);
        }

        return (predictions, risks);
    }

    private async Task<int> LeftAsync()
    {
        var lines = await _broker.ControlAsync("list_queues", "-p", "coinsphere", "name", "messages", "--no-table-headers");
        return lines.Split('\n').Select(line => line.Split('\t')).Where(cells => Queues.Contains(cells[0]))
            .Sum(cells => int.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
