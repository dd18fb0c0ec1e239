using Coinsphere.Messaging.Worker.Storage;
using Coinsphere.Messaging.Worker.Training;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>
/// Scores recorded predictions once the bar of their target date has closed: at start and every hour, one worker at a time, each prediction once.
/// </summary>
internal sealed partial class OutcomeScorer(
    IRecordsDatabase database, PredictionOutcomes outcomes, AccuracyAlarm alarm, OutcomeReporter reporter, IOptions<RecordsOptions> options, TimeProvider time,
    ILogger<OutcomeScorer> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.WaitUntilReadyAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.ScoreEvery, time);
        do
        {
            await TryScoreAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TryScoreAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.TryLockedAsync(ClusterLock.Scoring, async connection =>
            {
                var (scored, missing) = await outcomes.ScoreAsync(connection, stoppingToken);
                if (scored > 0 || missing > 0)
                {
                    LogScored(scored, missing);
                }

                if (scored > 0)
                {
                    await alarm.CheckAsync(stoppingToken);
                }
            }, stoppingToken);
            // Also where another worker has scored them: each has the same numbers.
            await reporter.ReportAsync(stoppingToken);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            // A database, a broker or a price file failed. The rest is scored an hour later.
            LogNotScored(failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Scored {Scored} predictions; {Missing} more have no bar on their last or target day")]
    private partial void LogScored(int scored, int missing);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Predictions could not be scored")]
    private partial void LogNotScored(Exception exception);
}
