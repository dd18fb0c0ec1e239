using System.Globalization;
using System.Text.Json;
using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Dashboard.Data;
using Coinsphere.Messaging.Plots;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Dashboard.Components.Pages;

public partial class Symbol
{
    // Days over which a hit rate is.
    private const int Window = 90;

    // From here on a plot is wide enough for more days.
    private const double Wide = 500;

    private static readonly RefusalReason[] Lasting =
    [
        RefusalReason.InvalidRequest, RefusalReason.UnsupportedSymbol, RefusalReason.UnsupportedTimeframe, RefusalReason.InvalidAsOf,
        RefusalReason.InsufficientHistory, RefusalReason.NoPrices, RefusalReason.PricesRejected,
    ];

    private SymbolReport? _report;
    private string? _failure;
    private string? _version;

    /// <summary>The symbol, as the address has it.</summary>
    [Parameter] public string Name { get; set; } = "";

    /// <summary>The horizon.</summary>
    [SupplyParameterFromQuery(Name = "timeframe")] private string? Timeframe { get; set; }

    /// <summary>The last day whose bar is used.</summary>
    [SupplyParameterFromQuery(Name = "asOf")] private string? AsOf { get; set; }

    [CascadingParameter] private HttpContext? Http { get; set; }

    [Inject] private SymbolReports Reports { get; set; } = null!;

    [Inject] private IOptions<PredictionClientOptions> Service { get; set; } = null!;

    [Inject] private ServicePlace Place { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private string Shown => Name.Trim().ToUpperInvariant();

    private string Horizon => Timeframes.TryNormalise(Timeframe, out var known) ? known : Timeframes.Default;

    private int Days => int.Parse(Horizon.TrimEnd('d'), CultureInfo.InvariantCulture);

    private DateOnly? Day => DateOnly.TryParseExact(AsOf, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private IReadOnlyList<PriceBar> Candles => _report?.Bars.Answer?.Bars ?? [];

    private string Body => JsonSerializer.Serialize(
        Day is null ? new Dictionary<string, string> { ["symbol"] = Shown, ["timeframe"] = Horizon }
            : new Dictionary<string, string> { ["symbol"] = Shown, ["timeframe"] = Horizon, ["asOf"] = Format.Day(Day) });

    private string Address => (Place.IsThisProcess ? Navigation.BaseUri : Service.Value.Url.AbsoluteUri).TrimEnd('/');

    private string Curl => $"curl -X POST {Address}/predict -H \"Content-Type: application/json\" -d '{Body}'";

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        await LoadAsync();
        if (_report?.Prediction.Refusal is { Reason: RefusalReason.UnsupportedSymbol } && _report.Bars.IsRefused && Http is { Response.HasStarted: false })
        {
            Http.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    /// <inheritdoc/>
    protected override async Task ChangedAsync()
    {
        // Another prediction, or one after an outage.
        if (Board.Outage is null && (_report is null || Version() != _version || IsPassing(_report.Prediction.Refusal) || IsPassing(_report.Backtest.Refusal)))
        {
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        _version = Version();
        (_report, _failure) = await LoadAsync(Reports.GetAsync(Shown, Horizon, Day, _version), _report);
    }

    private static bool IsPassing(RequestRefused? refusal) => refusal is not null && !Lasting.Contains(refusal.Reason);

    private string? Version() => Board.Rows.FirstOrDefault(row => row.Symbol == Shown)?.Prediction?.PredictionId;

    private string DrawPrices(double width, double height)
    {
        var answer = _report!.Prediction.Answer;
        var from = answer?.DataAsOf ?? Candles[^1].Day;
        var (before, after) = width > Wide ? (90, 30) : (35, 10);
        var shown = Candles.Where(bar => bar.Day.DayNumber > from.DayNumber - before && bar.Day.DayNumber <= from.DayNumber + Math.Max(after, Days)).ToArray();
        return PricePlot.Svg(
            [.. (shown.Length > 0 ? shown : Candles.TakeLast(before)).Select(bar => new Candle(bar.Day, bar.Open, bar.High, bar.Low, bar.Close))],
            from,
            Days,
            [.. (answer?.Prediction.Quantiles ?? []).Select(quantile => new FanQuantile(quantile.Q, quantile.Price))],
            width,
            height);
    }

    private static string DrawRanges(BacktestAnswer test, double width, double height) => RangePlot.Svg("", Ranges(test, width), width, height);

    private static string DrawHits(BacktestAnswer test, double width, double height) =>
        HitRatePlot.Svg([.. test.Daily.Select(day => (day.TargetDate, day.Hit, day.BaseRateHit))], Window, test.BaseRateHitRate, width, height);

    private string DrawReliability(BacktestAnswer test, double width, double height) =>
        ReliabilityPlot.Svg("", [($"{Days} days", Given(test))], width, height);

    private static PredictedRange[] Ranges(BacktestAnswer test, double width) =>
    [
        .. test.Daily.TakeLast(width > Wide ? 365 : 120).Select(day => new PredictedRange(
            day.TargetDate, day.ActualClose, day.Interval is { } range ? (range.Low, range.High) : null, day.Replayed)),
    ];

    private static GivenProbability[] Given(BacktestAnswer test) =>
    [
        .. test.Daily.SelectMany(day => new GivenProbability[]
        {
            new(day.Probabilities.Bearish, day.ActualDirection == "bearish"), new(day.Probabilities.Neutral, day.ActualDirection == "neutral"),
            new(day.Probabilities.Bullish, day.ActualDirection == "bullish"),
        }),
    ];

    private static (string Name, RiskFactor Factor)[] Factors(RiskFactors factors) =>
    [
        ("Volatility of 30 closes", factors.Volatility), ("Swings of 7 closes", factors.PriceSwings), ("Volatility of volume", factors.VolumeVolatility),
        ("Strength of the trend", factors.TrendStrength),
    ];

    private static string Score(double? brier) => brier is { } value ? Format.Number(value, 3) : Format.None;
}
