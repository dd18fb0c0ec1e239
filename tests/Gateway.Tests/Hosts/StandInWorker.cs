using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using MassTransit;

namespace Coinsphere.Messaging.Gateway.Tests.Hosts;

/// <summary>Stands in for the workers: it replies what a test tells it to, and not at all where that is null.</summary>
public sealed class StandInWorker
{
    public ConcurrentQueue<object> Asked { get; } = new();

    public Func<PredictRequested, object?> Predict { get; set; } = asked => Answers.Prediction(asked.Symbol, asked.Timeframe);

    public Func<EnsemblePredictRequested, object?> PredictEnsemble { get; set; } = asked => Answers.Ensemble(asked.Symbol);

    public Func<RiskRequested, object?> Risk { get; set; } = asked => Answers.Risk(asked.Symbol);

    public Func<PortfolioRiskRequested, object?> PortfolioRisk { get; set; } = asked => Answers.PortfolioRisk(asked);

    public Func<ModelsRequested, object?> Models { get; set; } = asked => new ModelsDescribed([.. asked.Symbols.Select(Answers.Model)]);

    public Func<LatestPricesRequested, object?> Prices { get; set; } = asked =>
        new LatestPricesAnswer(asked.Symbols.ToDictionary(symbol => symbol, _ => Answers.Price), "csv");

    public Func<PriceBarsRequested, object?> Bars { get; set; } = asked =>
        new PriceBars(asked.Symbol, [new(new(2024, 6, 30), 60887.38, 63058.76, 60632.95, 62678.29, 1732)], "csv");

    public Func<PredictionHistoryRequested, object?> History { get; set; } = asked => new PredictionHistory(asked.Symbol, [], 0);

    public Func<PredictionAccuracyRequested, object?> Accuracy { get; set; } = asked =>
        new PredictionAccuracy(
            asked.Symbol,
            $"last {asked.Days} days",
            0,
            0,
            null,
            null,
            null,
            new Dictionary<string, AccuracyPart>(),
            new Dictionary<string, AccuracyPart>(),
            0,
            null,
            null,
            null);

    public Func<BacktestRequested, object?> Backtest { get; set; } = asked => Answers.Backtest(asked.Symbol, asked.Timeframe);

    public Func<object, object?> Alerts { get; set; } = Answers.Alerts;

    /// <summary>Whether it answers a gateway's own first question.</summary>
    public bool AnswersGreetings { get; set; } = true;

    public void Listen(IBusFactoryConfigurator bus)
    {
        bus.ReceiveEndpoint(Endpoints.Predict, endpoint => endpoint.Handler<PredictRequested>(
            context => context.Message.Timeframe == Timeframes.OwnQuestion ? GreetAsync(context) : ReplyAsync(context, Predict)));
        bus.ReceiveEndpoint(Endpoints.PredictEnsemble, endpoint => endpoint.Handler<EnsemblePredictRequested>(context => ReplyAsync(context, PredictEnsemble)));
        bus.ReceiveEndpoint(Endpoints.Risk, endpoint => endpoint.Handler<RiskRequested>(context => ReplyAsync(context, Risk)));
        bus.ReceiveEndpoint(
            Endpoints.PortfolioRisk, endpoint => endpoint.Handler<PortfolioRiskRequested>(context => ReplyAsync(context, PortfolioRisk)));
        bus.ReceiveEndpoint(Endpoints.Models, endpoint => endpoint.Handler<ModelsRequested>(context => ReplyAsync(context, Models)));
        bus.ReceiveEndpoint(Endpoints.Prices, ListenToPrices);
        bus.ReceiveEndpoint(Endpoints.Records, ListenToRecords);
        bus.ReceiveEndpoint(Endpoints.Alerts, ListenToAlerts);
        bus.ReceiveEndpoint(Endpoints.Backtest, endpoint => endpoint.Handler<BacktestRequested>(context => ReplyAsync(context, Backtest)));
    }

    private void ListenToAlerts(IReceiveEndpointConfigurator endpoint)
    {
        endpoint.Handler<AlertsRequested>(context => ReplyAsync(context, Alerts));
        endpoint.Handler<AlertRulesRequested>(context => ReplyAsync(context, Alerts));
        endpoint.Handler<AlertRulePutRequested>(context => ReplyAsync(context, Alerts));
        endpoint.Handler<AlertRuleRemoveRequested>(context => ReplyAsync(context, Alerts));
        endpoint.Handler<AlertRuleTestRequested>(context => ReplyAsync(context, Alerts));
    }

    private void ListenToPrices(IReceiveEndpointConfigurator endpoint)
    {
        endpoint.Handler<LatestPricesRequested>(context => ReplyAsync(context, Prices));
        endpoint.Handler<PriceBarsRequested>(context => ReplyAsync(context, Bars));
    }

    private void ListenToRecords(IReceiveEndpointConfigurator endpoint)
    {
        endpoint.Handler<PredictionHistoryRequested>(context => ReplyAsync(context, History));
        endpoint.Handler<PredictionAccuracyRequested>(context => ReplyAsync(context, Accuracy));
    }

    private Task GreetAsync(ConsumeContext context) => AnswersGreetings
        ? context.RespondAsync(new RequestRefused(RefusalReason.UnsupportedTimeframe, "timeframe must be one of 7d, 14d, 30d"))
        : Task.CompletedTask;

    private Task ReplyAsync<T>(ConsumeContext<T> context, Func<T, object?> reply) where T : class
    {
        Asked.Enqueue(context.Message);
        return reply(context.Message) is { } message ? context.RespondAsync(message) : Task.CompletedTask;
    }
}
