namespace Coinsphere.Messaging.Load;

/// <summary>What went wrong makes the numbers meaningless, so there are none.</summary>
internal sealed class MeasureException(string message) : Exception(message);
