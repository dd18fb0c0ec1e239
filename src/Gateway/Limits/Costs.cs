using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Limits;

/// <summary>What requests cost, in the work of a cached answer: about their processor time, and never less.</summary>
internal static class Costs
{
    /// <summary>Every request, whatever it asks; and every further item of a batch.</summary>
    public const int Hit = 1;

    /// <summary>A request whose key is not valid.</summary>
    public const int WrongKey = 50;

    /// <summary>A prediction or a risk score that a worker computes.</summary>
    public const int Computation = 10;

    /// <summary>A prediction with the contributions of its inputs.</summary>
    public const int Explained = 40;

    public const int Ensemble = 20;

    /// <summary>Each year of a backtest, which has one where it does not say.</summary>
    public const int BacktestYear = 2_000;

    /// <summary>What a worker or a database looks up.</summary>
    public const int LookUp = 5;

    private const double DaysOfYear = 366;

    /// <summary>The cost of a message to the workers.</summary>
    public static int Of(object message) => message switch
    {
        PredictRequested { Explain: true } => Explained,
        PredictRequested or RiskRequested => Computation,
        EnsemblePredictRequested => Ensemble,
        PortfolioRiskRequested portfolio => Computation * Math.Max(1, portfolio.Holdings.Count),
        BacktestRequested backtest => BacktestYear * Years(backtest),
        _ => LookUp,
    };

    // Without an end it is about everything since its start, which may be as much as is allowed.
    private static int Years(BacktestRequested backtest) => (Day(backtest.From), Day(backtest.To)) switch
    {
        ({ } from, { } to) => Math.Clamp((int)Math.Ceiling((to.DayNumber - from.DayNumber) / DaysOfYear), 1, RequestRules.MaxBacktestYears),
        ({ }, null) => RequestRules.MaxBacktestYears,
        _ => 1,
    };

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
