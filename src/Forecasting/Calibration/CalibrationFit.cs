using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Calibration;

/// <summary>A network's probabilities for a day, and the actual outcome.</summary>
/// <param name="Probabilities">[3], of the network.</param>
/// <param name="Frequencies">[3], each above 0: how frequent the classes were in the symbol's training period.</param>
/// <param name="Outcome">The actual outcome over the horizon.</param>
public readonly record struct ScoredForecast(float[] Probabilities, double[] Frequencies, Direction Outcome);

/// <summary>Fits calibrations.</summary>
public static class CalibrationFit
{
    private const int Iterations = 100;
    private const double Settled = 1e-10;

    /// <summary>
    /// The scale s with the smallest log loss of softmax(s (ln p - ln f) + ln f), where 1 gives the network's probabilities and 0 the classes'
    /// frequencies. A penalty pulls it towards 0, so that with little data or little skill the frequencies remain. It is never negative: a network
    /// that was reliably wrong need not stay so.
    /// </summary>
    /// <param name="forecasts">Later than all training data of the network; of one symbol or several.</param>
    /// <param name="penalty">The weight of the penalty, as a number of forecasts. Neighbouring days share most of their horizon, so thousands of
    /// forecasts contain as much information as tens of independent ones.</param>
    public static double Scale(IReadOnlyCollection<ScoredForecast> forecasts, double penalty)
    {
        // Newton's method; the loss is convex, and the penalty makes its minimum one point.
        var scale = 0.0;
        Span<double> inputs = stackalloc double[Classes.Count];
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var (slope, curvature) = (penalty * scale, penalty);
            foreach (var (probabilities, frequencies, outcome) in forecasts)
            {
                var p = For(frequencies, scale).Apply(probabilities);
                var (mean, square) = (0.0, 0.0);
                for (var c = 0; c < p.Length; c++)
                {
                    inputs[c] = Math.Log(Math.Max(probabilities[c], ClassCalibration.Least)) - Math.Log(frequencies[c]);
                    mean += p[c] * inputs[c];
                    square += p[c] * inputs[c] * inputs[c];
                }

                slope += mean - inputs[(int)outcome];
                curvature += square - (mean * mean);
            }

            // Far from the minimum a whole step may overshoot.
            var step = curvature > 0 ? Math.Clamp(slope / curvature, -0.5, 0.5) : 0;
            scale = Math.Max(0, scale - step);
            if (Math.Abs(step) < Settled || (scale == 0 && slope > 0))
            {
                break;
            }
        }

        return scale;
    }

    /// <summary>
    /// The calibration of one symbol with a scale that several symbols share. It uses that scale where this makes the symbol's own forecasts better
    /// than its frequencies, else the frequencies: a network that helps other symbols may mislead about this one.
    /// </summary>
    /// <param name="frequencies">[3], each above 0.</param>
    /// <param name="scale">From 0.</param>
    /// <param name="forecasts">The symbol's own, later than all training data of the network.</param>
    public static ClassCalibration ForSymbol(IReadOnlyList<double> frequencies, double scale, IReadOnlyCollection<ScoredForecast> forecasts)
    {
        var calibration = For(frequencies, scale);
        return forecasts.Count > 0 && Brier(calibration) < Brier(For(frequencies, 0)) ? calibration : For(frequencies, 0);

        double Brier(ClassCalibration applied) =>
            ForecastScore.Of([.. forecasts.Select(forecast => applied.Apply(forecast.Probabilities))], [.. forecasts.Select(forecast => forecast.Outcome)])
                .Brier;
    }

    /// <summary>The calibration of that scale for a symbol of given frequencies.</summary>
    /// <param name="frequencies">[3], each above 0.</param>
    /// <param name="scale">From 0.</param>
    public static ClassCalibration For(IReadOnlyList<double> frequencies, double scale) => new(scale, [.. frequencies.Select(f => (1 - scale) * Math.Log(f))]);
}
