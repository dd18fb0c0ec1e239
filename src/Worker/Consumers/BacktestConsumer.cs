using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Serving;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Answers backtest requests, few at the same time.</summary>
internal sealed partial class BacktestConsumer(
    RequestRules rules, Backtester backtester, ComputingThreads threads, Deadlines deadlines, AnswerPipeline pipeline, TimeProvider time,
    ILogger<BacktestConsumer> logger)
    : IConsumer<BacktestRequested>
{
    public async Task Consume(ConsumeContext<BacktestRequested> context)
    {
        var query = rules.Check(context.Message);
        if (query.IsRefused)
        {
            await pipeline.RefuseAsync(context, "a backtest request", query.Refusal);
            return;
        }

        var started = time.GetTimestamp();
        var deadline = deadlines.Of(context, deadline: null, context.Message.DeadlineMs);
        var result = deadline.HasPassed(time)
            ? Deadline.Exceeded
            : await threads.RunAsync(() => backtester.RunAsync(query.Answer, deadline, context.CancellationToken));
        if (result.IsRefused)
        {
            await pipeline.RefuseAsync(context, $"a backtest of {query.Answer.Symbol}", result.Refusal);
            return;
        }

        await context.ReplyAsync(result.Answer);
        var elapsed = time.GetElapsedTime(started);
        LogAnswered(query.Answer.Symbol, query.Answer.Timeframe, result.Answer.Daily.Count, elapsed.TotalMilliseconds);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Backtest of {Symbol} over {Timeframe}: {Days} days in {Milliseconds:0.0} ms")]
    private partial void LogAnswered(string symbol, string timeframe, int days, double milliseconds);
}

internal sealed class BacktestConsumerDefinition : InteractiveConsumerDefinition<BacktestConsumer>
{
    public BacktestConsumerDefinition() => (EndpointName, ConcurrentMessageLimit) = (Endpoints.Backtest, Interactive.BacktestSlots);
}
