namespace Coinsphere.Messaging.Dashboard.Data;

/// <summary>Whether the service is in the process of the page, and so at the page's own address.</summary>
internal sealed record ServicePlace(bool IsThisProcess);
