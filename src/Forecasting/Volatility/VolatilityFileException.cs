namespace Coinsphere.Messaging.Forecasting.Volatility;

/// <summary>A file is not a volatility model.</summary>
/// <param name="file">Its name.</param>
/// <param name="location">The place in the file: a path of keys.</param>
/// <param name="detail">What was found there and what was expected.</param>
public sealed class VolatilityFileException(string file, string location, string detail) : Exception($"{file}: {location}: {detail}");
