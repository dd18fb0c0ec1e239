using BenchmarkDotNet.Attributes;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Forecasting.Risk;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Parts;

/// <summary>What a computed answer is made of, but for messages and stores: 420 bars of an invented random walk, the specification's network.</summary>
[MemoryDiagnoser]
[InProcess]
[WarmupCount(5)]
[IterationCount(10)]
public class AnswerParts
{
    private const int Steps = 90;
    private const int Horizon = 7;

    private readonly string _file = Path.Combine(AppContext.BaseDirectory, "ALPHA_best.pth");

    private readonly double[] _values = new double[Steps * FeatureNames.Count];
    private readonly DateOnly[] _days = new DateOnly[Steps];
    private readonly float[] _window = new float[Steps * FeatureNames.Count];
    private readonly float[] _probabilities = new float[3];
    private readonly BarSeries _series = Walk(FeatureEngineer.BarsToFetch(Steps));
    private readonly BarSeries _year = Walk(VolatilityModel.BarsOfYear);
    private readonly BarSeries[] _holdings = [.. Enumerable.Range(0, 10).Select(seed => Walk(VolatilityModel.Bars, seed))];
    private readonly FeatureTable _features;
    private readonly Checkpoint _checkpoint;
    private readonly ICryptoLstm _network;

    public AnswerParts()
    {
        _checkpoint = CheckpointReader.Read(_file);
        _features = FeatureEngineer.Compute(_series, SentimentSeries.Neutral, Steps);
        _network = CryptoLstm.Create(_checkpoint.Weights);
        Features();
        Forward();
    }

    /// <summary>The window of 90 days, standardised.</summary>
    [Benchmark]
    public int Features()
    {
        var rows = FeatureEngineer.Compute(_series, SentimentSeries.Neutral, _values, _days);
        FeatureWindow.Standardise(_values, _checkpoint.Scaler, _window);
        return rows;
    }

    [Benchmark]
    public void Forward() => _network.Forward(_window, _probabilities);

    /// <summary>Direction, confidence, range and explanation.</summary>
    [Benchmark]
    public Forecast Answer() => PredictionMaker.Make("ALPHA", Horizon, _probabilities, _series, _features);

    /// <summary>How far the price is expected to move over one horizon.</summary>
    [Benchmark]
    public VolatilityForecast? Volatility() => new SymbolVolatility(VolatilityModel.Default, _series).Over(Horizon);

    /// <summary>The specified score of 90 bars.</summary>
    [Benchmark]
    public RiskAssessment? RiskScore() => RiskScorer.Score(_year);

    /// <summary>What a risk answer has beside the score, with the forecasts of each day of a year.</summary>
    [Benchmark]
    public RiskOutlook? RiskForecast() => RiskOutlook.Of(VolatilityModel.Default, _year);

    /// <summary>The correlations of ten holdings over a year.</summary>
    [Benchmark]
    public double[,] Correlations() => new CommonDays(_holdings, _holdings[0].Bars.Span[^1].Day).Correlations();

    /// <summary>The file read, checked and its weights repacked.</summary>
    [Benchmark]
    public ICryptoLstm Checkpoint() => CryptoLstm.Create(CheckpointReader.Read(_file).Weights);

    /// <summary>From the file to the forecast.</summary>
    [Benchmark]
    public Forecast FileToForecast()
    {
        var checkpoint = CheckpointReader.Read(_file);
        var features = FeatureEngineer.Compute(_series, SentimentSeries.Neutral, Steps);
        CryptoLstm.Create(checkpoint.Weights).Forward(FeatureWindow.Standardise(features, Steps, checkpoint.Scaler), _probabilities);
        return PredictionMaker.Make("ALPHA", Horizon, _probabilities, _series, features);
    }

    private static BarSeries Walk(int count, int seed = 7)
    {
        var random = new Random(seed);
        var first = new DateOnly(2024, 1, 1);
        var bars = new Bar[count];
        var close = 100.0;
        for (var i = 0; i < bars.Length; i++)
        {
            var open = close;
            close *= Math.Exp((random.NextDouble() - 0.5) * 0.08);
            bars[i] = new Bar(first.AddDays(i), open, Math.Max(open, close) * 1.01, Math.Min(open, close) * 0.99, close, 1000 * random.NextDouble());
        }

        return new BarSeries("ALPHA", bars);
    }
}
