using Microsoft.AspNetCore.Components.Forms;

namespace Coinsphere.Messaging.Dashboard;

/// <summary>No page posts a form, so none needs a token, and no reader a cookie.</summary>
internal sealed class NoTokens : AntiforgeryStateProvider
{
    public override AntiforgeryRequestToken? GetAntiforgeryToken() => null;
}
