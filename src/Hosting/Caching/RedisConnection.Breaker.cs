using System.Collections.Concurrent;
using System.Security.Authentication;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Coinsphere.Messaging.Hosting.Caching;

public sealed partial class RedisConnection
{
    private const string Name = "redis";
    private const int MaxKindsOfErrors = 20;

    private readonly ConcurrentDictionary<string, bool> _errorsLogged = new(StringComparer.Ordinal);
    private volatile bool _isRefused;

    private void Break(Exception reason)
    {
        if (Interlocked.Exchange(ref _broken, 1) != 0)
        {
            return;
        }

        Meters.RedisBreaker(open: true);
        ReportUnavailable(reason);
        _ = ProbeAsync();
    }

    // Only this task asks a Redis that does not answer. No request waits for it.
    private async Task ProbeAsync()
    {
        try
        {
            using var interval = new PeriodicTimer(ProbeInterval, time);
            while (await interval.WaitForNextTickAsync(_stopping.Token))
            {
                if (await AnswersAsync())
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process is stopping.
        }

        Meters.RedisBreaker(open: false);
        Volatile.Write(ref _failures, 0);
        Volatile.Write(ref _broken, 0);
        if (!_stopping.IsCancellationRequested)
        {
            ReportRecovered();
        }
    }

    private async Task<bool> AnswersAsync()
    {
        if (_multiplexer is not { IsConnected: true } multiplexer)
        {
            return false;
        }

        try
        {
            await multiplexer.GetDatabase().PingAsync().WaitAsync(_options.Timeout, time, _stopping.Token);
            return true;
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            return false;
        }
    }

    private void ReportUnavailable(Exception reason)
    {
        var cause = reason.GetBaseException().Message.ReplaceLineEndings(" ");
        if (IsLoginRefused(reason))
        {
            ReportLoginRefused(cause);
        }
        else if (_certificate?.Fault is { } untrusted)
        {
            conditions.Note(Name, $"{_options.Address} {untrusted}, answers are made without it");
        }
        else
        {
            conditions.Note(Name, $"{_options.Address} is unavailable, answers are made without it: {cause}");
        }
    }

    private void ReportLoginRefused(string cause)
    {
        _isRefused = true;
        var login = string.IsNullOrEmpty(_options.User)
            ? SettingNames.Of("Redis:Password")
            : $"user '{_options.User}' or its password ({SettingNames.Of("Redis:User")}, {SettingNames.Of("Redis:Password")})";
        conditions.Note(Name, $"{_options.Address} refuses {login}, answers are made without it: {cause}");
    }

    // The client reports an untrusted certificate as an authentication failure too.
    private static bool IsLoginRefused(Exception failure) => Causes(failure) is var causes
        && causes.OfType<RedisConnectionException>().Any(cause => cause.FailureType == ConnectionFailureType.AuthenticationFailure)
        && !causes.OfType<AuthenticationException>().Any();

    private static IEnumerable<Exception> Causes(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    private void ReportRecovered()
    {
        _isRefused = false;
        conditions.Clear(Name);
    }

    // A full Redis answers every write with the same error; after a change of its password, every call.
    private void ReportError(string message)
    {
        if (message.StartsWith("NOAUTH", StringComparison.Ordinal) || message.StartsWith("WRONGPASS", StringComparison.Ordinal))
        {
            ReportLoginRefused(message);
            return;
        }

        var kind = message.Split(' ', 2)[0];
        if (_errorsLogged.Count < MaxKindsOfErrors && _errorsLogged.TryAdd(kind, true))
        {
            LogError(_options.Address, message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis {Address} refuses a call: {Error}; further errors of this kind are only counted")]
    private partial void LogError(string address, string error);
}
