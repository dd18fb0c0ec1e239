namespace Coinsphere.Messaging.Forecasting.Checkpoints.Zip;

/// <summary>An uncompressed entry of a zip.</summary>
/// <param name="Name">Its whole name, a key to look up and never a path.</param>
/// <param name="HeaderOffset">Where its local header begins.</param>
/// <param name="DataOffset">Where its bytes begin.</param>
/// <param name="Size">How many bytes it has.</param>
/// <param name="Crc">The CRC-32 its bytes must have.</param>
internal sealed record StoredEntry(string Name, long HeaderOffset, long DataOffset, long Size, uint Crc);
