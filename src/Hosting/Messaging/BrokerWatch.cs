using Coinsphere.Messaging.Hosting.Health;
using MassTransit;
using MassTransit.RabbitMqTransport;
using MassTransit.RabbitMqTransport.Configuration;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// Whether the broker answers this process. A broker that is short of memory or disk stops reading what publishers send, and one that hangs keeps its
/// connections: neither is an error to the client library, and whoever waits for a reply waits in vain. So the broker gets a message on the bus's own
/// connection, every few hundred milliseconds, and is asked for something it knows by itself: how soon workers answer plays no part. What is counted is this
/// process's own ticks, which come late where it is this process that is not run.
/// </summary>
public sealed class BrokerWatch(
    IBusInstance bus,
    Conditions conditions,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    BrokerLogin? login = null) : BackgroundService
{
    /// <summary>The name of the condition.</summary>
    public const string Name = "broker";

    private const string Away = "it is away";

    // Every broker has it, in every virtual host. Nothing is bound to it, so what is sent there goes nowhere; looking it up takes no permission.
    private const string KnownExchange = "amq.fanout";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    // With the interval less than two seconds. A broker that is only busy answers within a few milliseconds.
    private const int Patience = 14;

    // Of the bus, until all its endpoints listen.
    private static readonly TimeSpan StartTakes = TimeSpan.FromSeconds(1);

    // Whoever waits for a reply is told after that at the latest.
    private static readonly TimeSpan ConnectionTakes = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LoginTakes = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BetweenLogins = TimeSpan.FromSeconds(5);

    // Longer than any answer is waited for here. The library would give up after 20 seconds, and then use the channel's number again, which ends the
    // connection.
    private static readonly TimeSpan NoLimit = TimeSpan.FromDays(1);

    private volatile CancellationTokenSource _silence = new();
    private volatile string? _blocked;
    private string _why = Away;
    private long? _askedAt;
    // A broker short of memory stops connections that send, and no others. Without the right to send there, it is noticed with the next message that is sent
    // for its own sake.
    private bool _maySend = true;

    /// <summary>Whether nothing can be sent now.</summary>
    public bool IsSilent => _silence.IsCancellationRequested;

    /// <summary>Ends when the broker falls silent, for what waits for a reply. One who asks later gets a token of his own.</summary>
    public CancellationToken Silence => _silence.Token;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (bus.HostConfiguration is not IRabbitMqHostConfiguration host)
        {
            return;
        }

        var started = bus.BusControl.WaitForStartAsync(lifetime, stoppingToken);
        while (await Task.WhenAny(started, Task.Delay(StartTakes, time, stoppingToken)) != started)
        {
            if (lifetime.ApplicationStarted.IsCancellationRequested && !HasConnection())
            {
                FallSilent(await WhyAwayAsync(stoppingToken));
            }
        }

        await started;
        while (true)
        {
            // The bus's own endpoint says nothing of a connection that it does not use.
            var isAway = false;
            try
            {
                // While it is away the bus looks for it; asking for a connection here would be a second search.
                if (HasConnection())
                {
                    IConnection? connection = null;
                    // Endpoints notice a moment later that their connection has ended; the bus then looks for another, for as long as it takes.
                    using var limit = new CancellationTokenSource(ConnectionTakes, time);
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
                    await host.ConnectionContextSupervisor.Send(Pipe.Execute<ConnectionContext>(context => connection = context.Connection), either.Token)
                        .WaitAsync(either.Token);
                    await WatchAsync(connection!, stoppingToken);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                isAway = failure is MassTransit.ConnectionException or OperationCanceledException;
                // The connection ended, or this channel of it.
                _maySend &= failure is not OperationInterruptedException { ShutdownReason.ReplyCode: Constants.AccessRefused };
            }

            if (isAway || !HasConnection())
            {
                FallSilent(await WhyAwayAsync(stoppingToken));
            }

            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    // Asked for now and then: a broker logs every login that it refuses.
    private async Task<string> WhyAwayAsync(CancellationToken stoppingToken)
    {
        if (login is not null && (_askedAt is not { } last || time.GetElapsedTime(last) >= BetweenLogins))
        {
            _askedAt = time.GetTimestamp();
            _why = (await login.FindFaultAsync(LoginTakes, stoppingToken))?.Text ?? Away;
        }

        return _why;
    }

    private bool HasConnection() => bus.BusControl.CheckHealth().Endpoints.Values.Any(endpoint => endpoint.Status == BusHealthStatus.Healthy);

    private async Task WatchAsync(IConnection connection, CancellationToken stoppingToken)
    {
        connection.ConnectionBlockedAsync += OnBlockedAsync;
        connection.ConnectionUnblockedAsync += OnUnblockedAsync;
        try
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: stoppingToken);
            // When it goes the next time, there may be another reason.
            _askedAt = null;
            channel.ContinuationTimeout = NoLimit;
            while (true)
            {
                await AskAsync(channel, stoppingToken);
                if (_blocked is null)
                {
                    Speak();
                }

                await Task.Delay(Interval, time, stoppingToken);
            }
        }
        finally
        {
            connection.ConnectionBlockedAsync -= OnBlockedAsync;
            connection.ConnectionUnblockedAsync -= OnUnblockedAsync;
            _blocked = null;
        }
    }

    private async Task AskAsync(IChannel channel, CancellationToken stoppingToken)
    {
        var answer = AnswerAsync(channel, stoppingToken);
        using var ticks = new PeriodicTimer(Tick, time);
        for (var passed = 0; !answer.IsCompleted; passed++)
        {
            if (passed >= Patience)
            {
                FallSilent(_blocked ?? "it has not answered for over a second");
            }

            await Task.WhenAny(answer, ticks.WaitForNextTickAsync(stoppingToken).AsTask());
        }

        await answer;
    }

    private async Task AnswerAsync(IChannel channel, CancellationToken stoppingToken)
    {
        if (_maySend)
        {
            await channel.BasicPublishAsync(KnownExchange, routingKey: "", ReadOnlyMemory<byte>.Empty, stoppingToken);
        }

        await channel.ExchangeDeclarePassiveAsync(KnownExchange, stoppingToken);
    }

    private Task OnBlockedAsync(object sender, ConnectionBlockedEventArgs blocked)
    {
        FallSilent(_blocked = $"it takes no messages ({blocked.Reason})");
        return Task.CompletedTask;
    }

    private Task OnUnblockedAsync(object sender, AsyncEventArgs unblocked)
    {
        _blocked = null;
        Speak();
        return Task.CompletedTask;
    }

    private void FallSilent(string why)
    {
        conditions.Reason(Name, why);
        // Those who wait go on by themselves, however many there are.
        _ = _silence.CancelAsync();
    }

    private void Speak()
    {
        // Before readiness tells of it, so that whoever heard of it is not refused.
        if (IsSilent)
        {
            // Never disposed: it has no timer, and others may hold its token.
            _silence = new CancellationTokenSource();
        }

        conditions.Clear(Name);
    }
}

internal static class BrokerWatchServices
{
    public static void AddBrokerWatch(this IServiceCollection services)
    {
        services.AddConditions();
        services.AddSingleton<BrokerWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<BrokerWatch>());
    }
}
