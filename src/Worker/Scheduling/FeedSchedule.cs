using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.MarketData.Feed;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>
/// Runs passes of <see cref="FeedPass"/>: at start, every <c>Feed:Every</c>, soon after midnight UTC, and, while the source does not answer, with
/// growing pauses. One process at a time runs them: see <see cref="IFeedTarget"/>.
/// </summary>
internal sealed partial class FeedSchedule(
    FeedPass pass, IFeedTarget target, IBusControl bus, IHostApplicationLifetime lifetime, IOptions<FeedOptions> options, TimeProvider time,
    ILogger<FeedSchedule> logger) : BackgroundService
{
    // Exchanges close a day's bar within seconds.
    private static readonly TimeSpan AfterMidnight = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(30);

    /// <summary>The time to the next pass.</summary>
    /// <param name="now">The current time.</param>
    /// <param name="every">The configured interval.</param>
    /// <param name="failures">Passes without an answer of the source, in a row.</param>
    /// <param name="retryAfter">How long the source wants to be left alone.</param>
    public static TimeSpan Next(DateTimeOffset now, TimeSpan every, int failures, TimeSpan retryAfter)
    {
        if (failures > 0)
        {
            var pause = FirstPause * Math.Pow(2, Math.Min(failures - 1, 10));
            pause = pause < LongestPause ? pause : LongestPause;
            return retryAfter > pause ? retryAfter : pause < every ? pause : every;
        }

        var closes = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1) + AfterMidnight - now;
        return closes < every ? closes : every;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await bus.WaitForStartAsync(lifetime, stoppingToken);
        await OneAtATime.RunAsync(
            stop => target.WhileMineAsync(RunAsync, stop), failure => failure is NpgsqlException, failure => LogLost(failure.Message), time, stoppingToken);
    }

    private async Task RunAsync(Func<Task> keep, CancellationToken stoppingToken)
    {
        LogMine(options.Value.Source);
        var failures = 0;
        while (true)
        {
            var retryAfter = await TryPassAsync(stoppingToken);
            failures = retryAfter is null ? 0 : failures + 1;
            var due = time.GetUtcNow() + Next(time.GetUtcNow(), options.Value.Every, failures, retryAfter ?? TimeSpan.Zero);
            while (due - time.GetUtcNow() is var left && left > TimeSpan.Zero)
            {
                await Task.Delay(left < OneAtATime.TakeOver ? left : OneAtATime.TakeOver, time, stoppingToken);
                await keep();
            }
        }
    }

    private async Task<TimeSpan?> TryPassAsync(CancellationToken stoppingToken)
    {
        try
        {
            return await target.PassAsync(pass, stoppingToken);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            // A database, a broker or a folder failed. What is missing is fetched with the next pass.
            LogNotStored(failure);
            pass.StoreFailed($"fetched bars cannot be stored: {failure.Message.ReplaceLineEndings(" ")}");
            return TimeSpan.Zero;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This process fetches bars from {Source}")]
    private partial void LogMine(FeedSource source);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Fetched bars could not be stored; they are fetched again")]
    private partial void LogNotStored(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This process does not fetch bars while the database does not answer: {Fault}")]
    private partial void LogLost(string fault);
}
