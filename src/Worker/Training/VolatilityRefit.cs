using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Training;

/// <summary>
/// Fits the volatility model again with each training, and lets it serve without regard to the network's gate: it ages, and a network need not. What was
/// fitted on fewer symbols than the one that serves, or on synthetic prices, replaces nothing.
/// </summary>
internal sealed partial class VolatilityRefit(
    VolatilityStore store, CheckpointFolder folder, IOptions<RetrainingOptions> options, ILogger<VolatilityRefit> logger)
{
    // Fewer symbols have too few independent months, whatever serves.
    private const int FewestSymbols = 5;

    /// <summary>Fits and writes.</summary>
    /// <param name="histories">What the network was trained on.</param>
    /// <param name="through">The last day to use.</param>
    /// <returns>The model that serves from now on; null where nothing has changed.</returns>
    public VolatilityModel? Run(IReadOnlyList<LabelledHistory> histories, DateOnly through)
    {
        store.Refresh();
        var serving = store.Current;
        if (Fit(histories, through, serving, out var why) is not { } model)
        {
            LogKept(serving.Version, why);
            return null;
        }

        try
        {
            folder.WriteVolatility(model, options.Value.KeepVersions);
            LogAdopted(model.Version, model.Symbols.Count);
            return model;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The networks of the training are promoted without it.
            LogNotWritten(fault, model.Version);
            return null;
        }
    }

    private static VolatilityModel? Fit(IReadOnlyList<LabelledHistory> histories, DateOnly through, VolatilityModel serving, out string why)
    {
        // The one that is built in says nothing of this folder's symbols.
        var fewest = serving.Digest == VolatilityModel.Default.Digest ? FewestSymbols : Math.Max(FewestSymbols, serving.Symbols.Count);
        if (histories.Any(history => history.Series.IsSynthetic))
        {
            why = "the prices are synthetic";
            return null;
        }

        var model = VolatilityFit.Of(histories.Select(history => history.Series), through);
        if (model is null || model.Symbols.Count < fewest)
        {
            why = $"{model?.Symbols.Count ?? 0} symbols have enough bars, expected {fewest}";
            return null;
        }

        why = "the new one is the same, or of an earlier day";
        return model.FittedThrough >= serving.FittedThrough && model.Digest != serving.Digest ? model : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The volatility model {Version} of {Symbols} symbols serves")]
    private partial void LogAdopted(string version, int symbols);

    [LoggerMessage(Level = LogLevel.Error, Message = "The volatility model {Version} could not be written")]
    private partial void LogNotWritten(Exception fault, string version);

    [LoggerMessage(Level = LogLevel.Information, Message = "The volatility model {Version} goes on serving: {Why}")]
    private partial void LogKept(string version, string why);
}
