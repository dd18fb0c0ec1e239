using Coinsphere.Messaging.Hosting.Certificates;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Instrumentation.StackExchangeRedis;
using StackExchange.Redis;

namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>
/// The process's connection to Redis. Every call ends within the timeout. After some failures in a row no calls are made until Redis answers a ping
/// again. Without a configured server it is always unavailable.
/// </summary>
public sealed partial class RedisConnection(IOptions<RedisOptions> options, TimeProvider time, Conditions conditions, ILogger<RedisConnection> logger) :
    IHostedService,
    IAsyncDisposable
{
    private const int FailuresToBreak = 3;
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    // Long enough for the client to report why it does not connect.
    private static readonly TimeSpan StartLimit = ConnectTimeout + TimeSpan.FromSeconds(0.5);

    private static readonly CommandMap WithoutSubscriptions = CommandMap.Create(["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE"], available: false);

    private readonly RedisOptions _options = options.Value;
    private readonly CancellationTokenSource _stopping = new();
    private volatile ConnectionMultiplexer? _multiplexer;
    private volatile bool _isCluster;
    private ServerCertificate? _certificate;
    private Task? _connecting;
    private StackExchangeRedisInstrumentation? _telemetry;
    private IDisposable? _traced;
    private int _failures;
    private int _broken;
    private int _disposed;

    /// <summary>Whether calls are made at all: Redis is connected, and recent calls were answered.</summary>
    public bool IsAvailable => _multiplexer is { IsConnected: true } && Volatile.Read(ref _broken) == 0;

    /// <summary>A key under the configured prefix.</summary>
    public RedisKey Key(string text) => _options.Prefix + text;

    /// <summary>Connects. It goes on in the background where that takes long.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_options.Enabled)
        {
            return;
        }

        _connecting ??= ConnectAsync();
        // An available Redis is connected at once. The start must not wait for an unavailable one.
        await _connecting.WaitAsync(StartLimit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!IsAvailable)
        {
            ReportUnavailable(await WhyNotAsync() ?? new TimeoutException("not connected at the start"));
            _ = ReportUntilConnectedAsync();
        }
    }

    /// <summary>Ends the spans of finished calls now, while they can still be exported.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _traced?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Traces the calls of the connection. Call it before the start.</summary>
    internal void TraceWith(StackExchangeRedisInstrumentation telemetry) => _telemetry = telemetry;

    /// <summary>Calls Redis. A call that was not answered in time may still be executed.</summary>
    public async ValueTask<RedisReply<T>> AskAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken)
    {
        if (_multiplexer is not { IsConnected: true } multiplexer || Volatile.Read(ref _broken) != 0)
        {
            return new(RedisState.Unavailable);
        }

        try
        {
            var value = await call(multiplexer.GetDatabase()).WaitAsync(_options.Timeout, time, cancellationToken);
            Volatile.Write(ref _failures, 0);
            if (_isRefused)
            {
                ReportRecovered();
            }

            return new(RedisState.Answered, value);
        }
        catch (Exception error) when (error is RedisServerException or RedisCommandException)
        {
            // A server that answers with an error is available.
            Volatile.Write(ref _failures, 0);
            Meters.RedisFailed("error");
            ReportError(error.Message);
            return new(RedisState.Error);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            Meters.RedisFailed("away");
            if (Interlocked.Increment(ref _failures) >= FailuresToBreak)
            {
                Break(failure);
            }

            return new(RedisState.Unavailable);
        }
    }

    /// <summary>Reads two values in one call; in a cluster, which may hold them on two servers, in two calls at the same time.</summary>
    public ValueTask<RedisReply<RedisValue[]>> ReadAsync(RedisKey first, RedisKey second, CancellationToken cancellationToken) => AskAsync(
        database => _isCluster ? Task.WhenAll(database.StringGetAsync(first), database.StringGetAsync(second)) : database.StringGetAsync([first, second]),
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The container disposes it twice: as itself and as a hosted service.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        if (_multiplexer is { } multiplexer)
        {
            await multiplexer.CloseAsync(allowCommandsToComplete: false);
        }
    }

    private async Task ConnectAsync()
    {
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(Configuration());
        multiplexer.ConnectionFailed += (_, failed) => OnFailed(failed);
        multiplexer.ConnectionRestored += (_, restored) => OnRestored(multiplexer, restored.ConnectionType);
        _isCluster = IsCluster(multiplexer);
        _traced = _telemetry?.AddConnection(multiplexer);
        _multiplexer = multiplexer;
        if (_stopping.IsCancellationRequested)
        {
            await multiplexer.CloseAsync(allowCommandsToComplete: false);
        }
        else if (multiplexer.IsConnected)
        {
            ReportRecovered();
        }
    }

    private ConfigurationOptions Configuration()
    {
        var configuration = new ConfigurationOptions
        {
            DefaultDatabase = _options.Db,
            User = _options.User,
            Password = _options.Password,
            Ssl = _options.Tls,
            ServiceName = string.IsNullOrWhiteSpace(_options.Sentinel) ? null : _options.Sentinel,
            ClientName = "coinsphere",
            // Nothing is subscribed to, so the process needs no second connection, and the user no permission beyond the service's keys.
            CommandMap = WithoutSubscriptions,
            ConfigurationChannel = "",
            TieBreaker = "",
            ConnectTimeout = (int)ConnectTimeout.TotalMilliseconds,
            // A Redis that is started later is connected in the background.
            AbortOnConnectFail = false,
            BacklogPolicy = BacklogPolicy.FailFast,
            IncludeDetailInExceptions = false,
        };
        foreach (var server in _options.Servers.DefaultIfEmpty(_options.Address))
        {
            configuration.EndPoints.Add(server);
        }

        if (_options.Tls)
        {
            _certificate = ServerCertificate.Of(
                string.Join(',', _options.Servers.DefaultIfEmpty(_options.Host)),
                $"{RedisOptions.Section}:{nameof(RedisOptions.TlsAuthority)}",
                _options.TlsAuthority);
            configuration.CertificateValidation += _certificate.Accepts;
        }

        return configuration;
    }

    // The client raises no event for a failure before the first connection, and may learn only later that the server refuses the login.
    private async Task ReportUntilConnectedAsync()
    {
        try
        {
            using var interval = new PeriodicTimer(ProbeInterval, time);
            while (!_isRefused && await interval.WaitForNextTickAsync(_stopping.Token))
            {
                var reason = await WhyNotAsync();
                // A connection that still logs in counts as connected.
                if (reason is null && IsAvailable)
                {
                    ReportRecovered();
                    return;
                }

                if (reason is not null && IsLoginRefused(reason))
                {
                    ReportUnavailable(reason);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private async Task<Exception?> WhyNotAsync()
    {
        try
        {
            if (_multiplexer is { } multiplexer)
            {
                await multiplexer.GetDatabase().PingAsync().WaitAsync(_options.Timeout, time, _stopping.Token);
                return null;
            }

            return new TimeoutException("not connected at the start");
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            return failure;
        }
    }

    private void OnFailed(ConnectionFailedEventArgs failed)
    {
        if (failed.ConnectionType == ConnectionType.Interactive && !_stopping.IsCancellationRequested)
        {
            ReportUnavailable(failed.Exception ?? new TimeoutException(failed.FailureType.ToString()));
        }
    }

    private void OnRestored(ConnectionMultiplexer multiplexer, ConnectionType type)
    {
        if (type == ConnectionType.Interactive && !_stopping.IsCancellationRequested)
        {
            _isCluster = IsCluster(multiplexer);
            ReportRecovered();
        }
    }

    private static bool IsCluster(ConnectionMultiplexer multiplexer) =>
        Array.Exists(multiplexer.GetServers(), server => server is { IsConnected: true, ServerType: ServerType.Cluster });
}
