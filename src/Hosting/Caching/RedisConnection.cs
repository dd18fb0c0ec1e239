using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Coinsphere.Messaging.Hosting;

/// <summary>
/// The process's connection to Redis, which may be away: every call ends within the timeout, and after some that failed in a row Redis
/// is left alone until it answers a ping again. Without <c>Redis:Host</c> it is always away.
/// </summary>
public sealed partial class RedisConnection(IOptions<RedisOptions> options, TimeProvider time, Conditions conditions, ILogger<RedisConnection> logger) : IHostedService, IAsyncDisposable
{
    private const int FailuresToBreak = 3;
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    private readonly RedisOptions _options = options.Value;
    private readonly CancellationTokenSource _stopping = new();
    private volatile ConnectionMultiplexer? _multiplexer;
    private Task? _connecting;
    private int _failures;
    private int _broken;
    private int _disposed;

    /// <summary>Whether calls are made at all: connected, and answering lately.</summary>
    public bool IsAvailable => _multiplexer is { IsConnected: true } && Volatile.Read(ref _broken) == 0;

    /// <summary>A key under the configured prefix.</summary>
    public RedisKey Key(string text) => _options.Prefix + text;

    /// <summary>Connects, in the background where it takes long.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(_options.Host))
            return;
        _connecting ??= ConnectAsync();
        // A start that finds Redis finds it at once; one that does not must not wait for it.
        await _connecting.WaitAsync(ConnectTimeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!IsAvailable)
            TellAway(await WhyNotAsync());
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Calls Redis. A call that is not answered in time may still be carried out.</summary>
    public async ValueTask<RedisReply<T>> AskAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken)
    {
        if (_multiplexer is not { IsConnected: true } multiplexer || Volatile.Read(ref _broken) != 0)
            return new(RedisState.Away);
        try
        {
            var value = await call(multiplexer.GetDatabase()).WaitAsync(_options.Timeout, time, cancellationToken);
            Volatile.Write(ref _failures, 0);
            if (_isRefused)
            {
                TellBack();
            }

            return new(RedisState.Answered, value);
        }
        catch (Exception error) when (error is RedisServerException or RedisCommandException)
        {
            // Whoever answers with an error is there.
            Volatile.Write(ref _failures, 0);
            Meters.RedisFailed("error");
            TellError(error.Message);
            return new(RedisState.Error);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            Meters.RedisFailed("away");
            if (Interlocked.Increment(ref _failures) >= FailuresToBreak)
                Break(failure.Message);
            return new(RedisState.Away);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The container disposes of it as itself and as a hosted service.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stopping.CancelAsync();
        if (_multiplexer is { } multiplexer)
            await multiplexer.CloseAsync(allowCommandsToComplete: false);
    }

    private async Task ConnectAsync()
    {
        var configuration = new ConfigurationOptions
        {
            EndPoints = { { _options.Host!, _options.Port } },
            DefaultDatabase = _options.Db,
            Password = _options.Password,
            ClientName = "coinsphere",
            ConnectTimeout = (int)ConnectTimeout.TotalMilliseconds,
            // A Redis that comes later is connected to later.
            AbortOnConnectFail = false,
        };
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(configuration);
        // Else every continuation of a call waits for the one before. Later versions know no such order.
        multiplexer.PreserveAsyncOrder = false;
        // What follows must not run on the thread that reads replies.
        await Task.Yield();
        multiplexer.ConnectionFailed += (_, failed) => OnConnection(failed.ConnectionType, restored: false, failed.FailureType.ToString());
        multiplexer.ConnectionRestored += (_, restored) => OnConnection(restored.ConnectionType, restored: true, "");
        _multiplexer = multiplexer;
        if (_stopping.IsCancellationRequested)
            await multiplexer.CloseAsync(allowCommandsToComplete: false);
        else if (multiplexer.IsConnected)
            TellBack();
    }

    private async Task<string> WhyNotAsync()
    {
        try
        {
            if (_multiplexer is { } multiplexer)
            {
                await multiplexer.GetDatabase().PingAsync().WaitAsync(_options.Timeout, time, _stopping.Token);
            }

            return "not connected at the start";
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or OperationCanceledException)
        {
            return failure.InnerException?.Message ?? failure.Message;
        }
    }

    private void OnConnection(ConnectionType type, bool restored, string reason)
    {
        if (type != ConnectionType.Interactive || _stopping.IsCancellationRequested)
            return;
        if (restored)
            TellBack();
        else
            TellAway(reason);
    }
}
