using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Tests;

/// <summary>A service that publishes durable requests, come what may, and counts those that the broker confirmed; and what is heard of them.</summary>
/// <param name="broker">Where to.</param>
/// <param name="random">Chooses the questions.</param>
/// <param name="atATime">How many are published together.</param>
/// <param name="pace">The time from those to the next.</param>
internal sealed class DurableTraffic(RabbitMqServer broker, Random random, int atATime, TimeSpan pace)
{
    /// <summary>The first day asked for; the days before it are history.</summary>
    private static readonly DateOnly FirstDay = new(2020, 6, 1);

    private const int Days = 1400;
    private const string Events = "client.dashboard.chaos";

    private static readonly string[] Timeframes = ["7d", "14d", "30d"];
    private static readonly TimeSpan ConfirmLimit = TimeSpan.FromSeconds(5);

    private readonly List<(string Question, string Id)> _heard = [];
    private int _asked;
    private int _unconfirmed;

    /// <summary>How often each question was confirmed: a day, and the timeframe where it is a prediction.</summary>
    public ConcurrentDictionary<string, int> Confirmed { get; } = new();

    /// <summary>Requests that may have arrived, or not.</summary>
    public int Unconfirmed => Volatile.Read(ref _unconfirmed);

    /// <summary>Publishes until it is stopped, over a new connection where the last one broke.</summary>
    public async Task PublishAsync(CancellationToken stop)
    {
        using var ticks = new PeriodicTimer(pace);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await ConnectAsync(Broker.Publisher);
                await using var channel = await connection.CreateChannelAsync(
                    new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
                    CancellationToken.None);
                while (channel.IsOpen && !stop.IsCancellationRequested)
                {
                    await Task.WhenAll(Enumerable.Range(0, atATime).Select(_ => AskAsync(channel, NextQuestion())));
                    await ticks.WaitForNextTickAsync(CancellationToken.None);
                }
            }
            catch (Exception failure) when (failure is BrokerUnreachableException or OperationInterruptedException or TimeoutException or IOException)
            {
                await ticks.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Makes every event of an answer known to this service.</summary>
    public async Task ListenAsync()
    {
        await using var connection = await ConnectAsync(Broker.Dashboard);
        var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(Events, durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync(Events, "Coinsphere.Messaging.Contracts:PredictionCompleted", "");
        await channel.QueueBindAsync(Events, "Coinsphere.Messaging.Contracts:RiskScored", "");
    }

    /// <summary>The prediction ids of the events of each question so far; empty ones for risk scores.</summary>
    public async Task<ILookup<string, string>> HeardAsync()
    {
        await using var connection = await ConnectAsync(Broker.Dashboard);
        var channel = await connection.CreateChannelAsync();
        while (await channel.BasicGetAsync(Events, autoAck: true) is { } message)
        {
            var answer = JsonDocument.Parse(message.Body).RootElement.GetProperty("message").GetProperty("answer");
            var day = answer.GetProperty("data_as_of").GetString()!;
            _heard.Add(
                answer.TryGetProperty("prediction_id", out var id) ? ($"{day} {answer.GetProperty("timeframe").GetString()}", id.GetString()!) : (day, ""));
        }

        return _heard.ToLookup(one => one.Question, one => one.Id);
    }

    private async Task AskAsync(IChannel channel, string question)
    {
        var (endpoint, body) = question.Split(' ') is [var day, var timeframe]
            ? ("predict-durable", $$"""{"symbol":"BTC","timeframe":"{{timeframe}}","asOf":"{{day}}"}""")
            : ("risk-durable", $$"""{"symbol":"BTC","asOf":"{{question}}"}""");
        try
        {
            // A confirm that is lost with its channel never comes.
            await channel.BasicPublishAsync(
                endpoint,
                "",
                mandatory: true,
                new BasicProperties { ContentType = "application/json", Persistent = true },
                Encoding.UTF8.GetBytes(body))
                .AsTask().WaitAsync(ConfirmLimit);
            Confirmed.AddOrUpdate(question, 1, (_, times) => times + 1);
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _unconfirmed);
            throw;
        }
    }

    // One in four was asked before: its answer may be in the cache.
    private string NextQuestion()
    {
        var n = _asked > 0 && random.Next(4) == 0 ? random.Next(_asked) : _asked++;
        var day = FirstDay.AddDays(n / 4 % Days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return n % 4 == 3 ? day : $"{day} {Timeframes[n % 4]}";
    }

    private Task<IConnection> ConnectAsync(string user) =>
        new ConnectionFactory { Uri = new Uri(broker.Url(user)), AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
}
