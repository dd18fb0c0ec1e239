using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Calibration;

/// <summary>What a network said of a day, and what happened.</summary>
/// <param name="Probabilities">[3], of the network.</param>
/// <param name="Frequencies">[3], each above 0: how frequent the classes were in the symbol's training period.</param>
/// <param name="Outcome">What the close did over the horizon.</param>
public readonly record struct ScoredForecast(float[] Probabilities, double[] Frequencies, Direction Outcome);

/// <summary>Fits how far a network is trusted.</summary>
public static class CalibrationFit
{
    private const int Iterations = 100;
    private const double Settled = 1e-10;

    /// <summary>
    /// The scale s of least log loss of softmax(s (ln p - ln f) + ln f), where 1 is the network and 0 the classes' frequencies. A penalty holds it to 0: with
    /// little to learn from, or little to learn, the frequencies remain. It is never below 0, since a network that was reliably wrong is not to be trusted to
    /// stay so.
    /// </summary>
    /// <param name="forecasts">Later than everything the network was trained on; of one symbol or several.</param>
    /// <param name="penalty">Its weight, as a number of forecasts. Neighbouring days share most of their horizon, so thousands of them say as little as
    /// tens.</param>
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
    /// The calibration of one symbol by a scale that several share: of that scale where it makes the symbol's own forecasts better than its frequencies are,
    /// else the frequencies. A network that helps others may mislead about this one.
    /// </summary>
    /// <param name="frequencies">[3], each above 0.</param>
    /// <param name="scale">From 0.</param>
    /// <param name="forecasts">The symbol's own, later than everything the network was trained on.</param>
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
