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
/// Watches whether the broker answers this process. A broker that is short of memory or disk stops reading what publishers send, and one that hangs
/// keeps its connections open. The client library treats neither as an error, and callers would wait for replies in vain. So this sends the broker a
/// message on the bus's own connection every few hundred milliseconds, and a question that the broker answers by itself: busy workers do not matter.
/// Time is counted in this process's own ticks, which come late too where this process gets no CPU time.
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

    private const string Unavailable = "it is unavailable";

    // Every broker has this exchange, in every virtual host. Nothing is bound to it, so messages to it are dropped. Asking for it needs no
    // permission.
    private const string KnownExchange = "amq.fanout";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    // With the interval, less than two seconds. A broker that is only busy answers within a few milliseconds.
    private const int MaxTicks = 14;

    // The time that the bus needs until all its endpoints listen.
    private static readonly TimeSpan StartTakes = TimeSpan.FromSeconds(1);

    // The longest time until callers that wait for a reply are notified, with that until a connection is there.
    private static readonly TimeSpan LoginTakes = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BetweenLogins = TimeSpan.FromSeconds(5);

    // Longer than any answer is waited for here. The library's own limit is 20 seconds; after it the channel's number would be reused, which closes
    // the connection.
    private static readonly TimeSpan NoLimit = TimeSpan.FromDays(1);

    private volatile CancellationTokenSource _silence = new();
    private volatile string? _blocked;
    private string _why = Unavailable;
    private long? _askedAt;
    // A broker short of memory blocks only connections that send. Without permission to send to the exchange, it is noticed with the next real
    // message.
    private bool _maySend = true;

    /// <summary>Whether the broker does not answer, so that nothing can be sent now.</summary>
    public bool IsSilent => _silence.IsCancellationRequested;

    /// <summary>Cancelled when the broker stops answering, for code that waits for a reply. Afterwards this property returns a new token.</summary>
    public CancellationToken Silence => _silence.Token;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!bus.HasBroker())
        {
            return;
        }

        var started = bus.BusControl.WaitForStartAsync(lifetime, stoppingToken);
        while (await Task.WhenAny(started, Task.Delay(StartTakes, time, stoppingToken)) != started)
        {
            if (lifetime.ApplicationStarted.IsCancellationRequested && !bus.HasConnection())
            {
                ReportSilent(await WhyUnavailableAsync(stoppingToken));
            }
        }

        await started;
        while (true)
        {
            var isUnavailable = false;
            try
            {
                if (bus.HasConnection())
                {
                    await WatchAsync(await bus.ConnectionAsync(time, stoppingToken), stoppingToken);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                isUnavailable = failure is MassTransit.ConnectionException or OperationCanceledException;
                // The connection was closed, or only this channel.
                _maySend &= failure is not OperationInterruptedException { ShutdownReason.ReplyCode: Constants.AccessRefused };
            }

            if (isUnavailable || !bus.HasConnection())
            {
                ReportSilent(await WhyUnavailableAsync(stoppingToken));
            }

            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    // Not asked each time: the broker logs every login that it refuses.
    private async Task<string> WhyUnavailableAsync(CancellationToken stoppingToken)
    {
        if (login is not null && (_askedAt is not { } last || time.GetElapsedTime(last) >= BetweenLogins))
        {
            _askedAt = time.GetTimestamp();
            _why = (await login.FindFaultAsync(LoginTakes, stoppingToken))?.Text ?? Unavailable;
        }

        return _why;
    }

    private async Task WatchAsync(IConnection connection, CancellationToken stoppingToken)
    {
        connection.ConnectionBlockedAsync += OnBlockedAsync;
        connection.ConnectionUnblockedAsync += OnUnblockedAsync;
        try
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: stoppingToken);
            // The next outage may have another reason.
            _askedAt = null;
            channel.ContinuationTimeout = NoLimit;
            while (true)
            {
                await AskAsync(channel, stoppingToken);
                if (_blocked is null)
                {
                    ReportAnswering();
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
            if (passed >= MaxTicks)
            {
                ReportSilent(_blocked ?? "it has not answered for over a second");
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
        ReportSilent(_blocked = $"it accepts no messages ({blocked.Reason})");
        return Task.CompletedTask;
    }

    private Task OnUnblockedAsync(object sender, AsyncEventArgs unblocked)
    {
        _blocked = null;
        ReportAnswering();
        return Task.CompletedTask;
    }

    private void ReportSilent(string why)
    {
        conditions.Reason(Name, why);
        // Not awaited: the waiting callers continue on their own, however many there are.
        _ = _silence.CancelAsync();
    }

    private void ReportAnswering()
    {
        // Before readiness is updated: a caller that sees it ready must not be refused.
        if (IsSilent)
        {
            // Not disposed: it has no timer, and others may hold its token.
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
